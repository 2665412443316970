package dev.tokentape.processor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tokentape.processor.fold.Entries;
import dev.tokentape.processor.moderation.Cutting;
import dev.tokentape.processor.moderation.Planted;
import dev.tokentape.processor.moderation.RuleGates;
import dev.tokentape.processor.moderation.rules.Channel;
import dev.tokentape.processor.moderation.rules.RuleFile;
import dev.tokentape.processor.rulebook.RulePublisher;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.DeltaType;
import dev.tokentape.schemas.config.KafkaSettings;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.topic.Topic;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every planted secret in every channel, cut in two, through a real broker; between the two pieces one processor is
 * replaced by another. What is released is what moderating the whole text at once gives. Cut at every eighth place,
 * which is another one in every text; at every one where {@link Thorough} says so. {@code ProofTest} cuts everywhere,
 * without a broker.
 */
class EverySplitTapeTest {

    private static final Duration PATIENCE = Duration.ofSeconds(120);
    /** How far apart the places are at which one text is cut; other texts are cut at others. */
    private static final int APART = Thorough.either(8, 1);

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    /**
     * An answer with the same text in many choices, each cut elsewhere: what is said in several blocks of one would be
     * joined.
     */
    private record Answer(Entries ids, Entries.Run run, Channel channel, String shown, List<List<String>> blocks) {

        BlockType type() {
            return switch (channel) {
                case THINKING -> BlockType.THINKING;
                case TOOL_INPUT -> BlockType.TOOL_USE;
                default -> BlockType.TEXT;
            };
        }

        DeltaType deltaType() {
            return switch (channel) {
                case THINKING -> DeltaType.THINKING;
                case TOOL_INPUT -> DeltaType.INPUT_JSON;
                default -> DeltaType.TEXT;
            };
        }
    }

    private static List<Answer> answers(RuleGates gates) throws JsonProcessingException {
        List<Answer> answers = new ArrayList<>();
        for (String secret :
                Planted.secrets().values().stream().flatMap(List::stream).toList()) {
            for (Channel channel : List.of(Channel.TEXT, Channel.THINKING, Channel.TOOL_INPUT)) {
                String said = "So: " + secret + "! And on.";
                String text = channel == Channel.TOOL_INPUT ? JSON.writeValueAsString(Map.of("a", said)) : said;
                String shown = Cutting.through(gates.gate(channel), Cutting.whole(text))
                        .text();
                // The wire knows no halves of a surrogate pair.
                int number = answers.size();
                List<List<String>> blocks = new ArrayList<>();
                List<List<String>> splits = Cutting.everyTwoWaySplit(text).stream()
                        .filter(pieces -> !endsInHalf(pieces.getFirst()))
                        .toList();
                for (int at = number % APART; at < splits.size(); at += APART) {
                    blocks.add(splits.get(at));
                }
                blocks.add(Cutting.randomBetweenCharacters(text, number));
                blocks.add(text.codePoints().mapToObj(Character::toString).toList());
                Entries ids = new Entries("c" + number % 7, "r" + number);
                answers.add(new Answer(ids, ids.run(1, "run-" + number), channel, shown, blocks));
            }
        }
        return answers;
    }

    private static boolean endsInHalf(String piece) {
        return !piece.isEmpty() && Character.isHighSurrogate(piece.charAt(piece.length() - 1));
    }

    private static void say(Cluster cluster, Answer answer, int block, List<String> pieces) {
        pieces.stream()
                .filter(piece -> !piece.isEmpty())
                .forEach(piece -> cluster.journal(answer.run().choice(block).delta(0, answer.deltaType(), piece)));
    }

    @Test
    void aSecretCutAnywhereInAnyChannelIsNeverReleasedAcrossARestart() throws JsonProcessingException {
        String rules = Planted.rules("redact", "text, thinking, tool_input");
        RuleGates gates = new RuleGates(RuleFile.parse(rules));
        List<Answer> answers = answers(gates);
        int blocks = answers.stream().mapToInt(answer -> answer.blocks().size()).sum();
        assertThat(blocks).isGreaterThan(4_000 / APART);
        try (Cluster cluster = new Cluster(directory)) {
            // Given the first pieces, judged by one processor
            Settings settings = Settings.of(cluster.settings("every-split"));
            String version = RulePublisher.publish(KafkaSettings.from(settings), cluster.topics, rules)
                    .version();
            Cluster.Tape tape = cluster.reader(Topic.TOKENS);
            try (TokenProcessor first =
                    TokenProcessor.start(ProcessorConfig.from(settings), new SimpleMeterRegistry())) {
                assertThat(first.ready()).isTrue();
                for (Answer answer : answers) {
                    cluster.journal(answer.ids().request("go on", request -> request.setRuleSetVersion(version)));
                    cluster.journal(answer.run().taken());
                    cluster.journal(answer.run().start());
                    for (int block = 0; block < answer.blocks().size(); block++) {
                        List<String> pieces = answer.blocks().get(block);
                        cluster.journal(answer.run().choice(block).blockStart(0, answer.type()));
                        say(cluster, answer, block, pieces.subList(0, pieces.size() / 2));
                    }
                }
                cluster.flush();
                await().atMost(PATIENCE)
                        .until(() -> ofType(tape, TokenEvent.BlockStart.class)
                                        .map(EverySplitTapeTest::place)
                                        .distinct()
                                        .count()
                                == blocks);
            }

            // When another goes on with the second
            try (TokenProcessor second =
                    TokenProcessor.start(ProcessorConfig.from(settings), new SimpleMeterRegistry())) {
                assertThat(second.ready()).isTrue();
                for (Answer answer : answers) {
                    for (int block = 0; block < answer.blocks().size(); block++) {
                        List<String> pieces = answer.blocks().get(block);
                        say(cluster, answer, block, pieces.subList(pieces.size() / 2, pieces.size()));
                        cluster.journal(answer.run().choice(block).blockStop(0));
                    }
                    cluster.journal(answer.run().stop());
                }
                cluster.flush();
                await().atMost(PATIENCE)
                        .until(() -> ofType(tape, TokenEvent.MessageStop.class)
                                        .map(event -> event.envelope().responseId())
                                        .distinct()
                                        .count()
                                == answers.size());
            }

            // Then
            Map<String, String> released = released(tape);
            for (Answer answer : answers) {
                for (int block = 0; block < answer.blocks().size(); block++) {
                    assertThat(released.getOrDefault(answer.ids().key().responseId() + "/" + block, ""))
                            .as("%s, %s", answer.channel(), answer.blocks().get(block))
                            .isEqualTo(answer.shown());
                }
            }
        }
    }

    private static <T extends TokenEvent> Stream<T> ofType(Cluster.Tape tape, Class<T> type) {
        return tape.events().stream().filter(type::isInstance).map(type::cast);
    }

    private static String place(TokenEvent event) {
        return event.envelope().responseId() + "/" + event.envelope().choiceIndex();
    }

    /** Text by answer and block; what stands there again after the restart counts once. */
    private static Map<String, String> released(Cluster.Tape tape) {
        Map<String, String> texts = new HashMap<>();
        Set<String> seen = new HashSet<>();
        ofType(tape, TokenEvent.BlockDelta.class)
                .filter(delta -> seen.add(
                        delta.envelope().responseId() + "/" + delta.envelope().sequence()))
                .forEach(delta -> texts.merge(place(delta), delta.text(), String::concat));
        return texts;
    }
}
