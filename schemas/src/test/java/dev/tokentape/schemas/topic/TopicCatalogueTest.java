package dev.tokentape.schemas.topic;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class TopicCatalogueTest {

    private final TopicCatalogue catalogue = new TopicCatalogue("staging.", 12, (short) 3);

    @Test
    void namesCarryThePrefix() {
        assertThat(catalogue.name(Topic.TOKENS)).isEqualTo("staging.llm.tokens");
    }

    @Test
    void aConversationLivesWhereKafkasOwnPartitionerPutsItsKey() {
        for (String conversation : new String[] {"a", "chat-7", "Grüße", "世界"}) {
            int kafkas = BuiltInPartitioner.partitionForKey(
                    conversation.getBytes(java.nio.charset.StandardCharsets.UTF_8), 12);
            assertThat(catalogue.partitionOf(conversation)).isEqualTo(kafkas);
        }
    }

    @Test
    void theJournalIsTimedByTheBrokerAndAnswersAreCompacted() {
        assertThat(Topic.JOURNAL.configuration()).containsEntry("message.timestamp.type", "LogAppendTime");
        assertThat(Topic.RESPONSES.configuration())
                .containsEntry("cleanup.policy", "compact")
                .doesNotContainKey("retention.ms");
        assertThat(Topic.TOKENS.configuration()).containsEntry("retention.ms", "604800000");
    }

    @Test
    void theTimeOfPublishingTravelsInAHeader() {
        RecordHeaders headers = new RecordHeaders();

        TokenHeaders.setPublishedAt(headers, 1_700_000_000_123_456L);

        assertThat(TokenHeaders.publishedAt(headers)).isEqualTo(1_700_000_000_123_456L);
        assertThat(TokenHeaders.publishedAt(new RecordHeaders())).isEqualTo(-1);
    }
}
