package dev.tokentape.producer.provider;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tokentape.schemas.avro.Block;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.Response;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A recorded stream that is written another way says the same; and so it does however it is cut. */
@Timeout(300)
class NeutralChangesTest {

    private static final int MIXTURES = 4;
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Blocks whose text is the provider's own data, unknown fields included. */
    private static final Set<BlockType> OPAQUE =
            EnumSet.of(BlockType.SERVER_TOOL_USE, BlockType.TOOL_RESULT, BlockType.OTHER);

    @Test
    void whatIsWrittenAnotherWaySaysTheSame() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        SoftAssertions softly = new SoftAssertions();
        for (Map.Entry<String, JsonNode> recording : Recordings.expected().entrySet()) {
            String api = Recordings.api(recording.getValue());
            byte[] body = Recordings.body(recording.getKey());
            String said = said(Decoded.of(api, body, 0).response());
            NeutralChanges changes = new NeutralChanges(api, random);
            for (int round = 0; round < NeutralChanges.Kind.values().length + MIXTURES; round++) {
                // Given
                Set<NeutralChanges.Kind> kinds = kinds(round, random);
                byte[] changed = changes.apply(body, kinds);
                int chunk = random.nextBoolean() ? 0 : 1 + random.nextInt(200);

                // When
                Decoded decoded = Decoded.of(api, changed, chunk);

                // Then
                softly.assertThat(said(decoded.response()))
                        .as(
                                "%s with %s in chunks of %d, seed %d",
                                recording.getKey(), NeutralChanges.named(kinds), chunk, seed)
                        .isEqualTo(said);
            }
        }
        softly.assertAll();
    }

    @Test
    void cutsMakeNoDifferenceToAnyEvent() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (Map.Entry<String, JsonNode> recording : Recordings.expected().entrySet()) {
            // Given
            String api = Recordings.api(recording.getValue());
            byte[] body = Recordings.body(recording.getKey());
            Decoded whole = Decoded.of(api, body, 0);
            int chunk = 1 + random.nextInt(500);

            // When
            Decoded cut = Decoded.of(api, body, chunk);

            // Then
            assertThat(cut.events())
                    .as("%s in chunks of %d, seed %d", recording.getKey(), chunk, seed)
                    .isEqualTo(whole.events());
        }
    }

    /** First each kind alone, then some together. */
    private static Set<NeutralChanges.Kind> kinds(int round, Random random) {
        NeutralChanges.Kind[] all = NeutralChanges.Kind.values();
        if (round < all.length) {
            return EnumSet.of(all[round]);
        }
        Set<NeutralChanges.Kind> some = EnumSet.noneOf(NeutralChanges.Kind.class);
        for (NeutralChanges.Kind kind : all) {
            if (random.nextBoolean()) {
                some.add(kind);
            }
        }
        return some;
    }

    private static String said(Response response) {
        String blocks =
                response.getBlocks().stream().map(NeutralChangesTest::said).collect(Collectors.joining("\n"));
        return "%s\n%s %s %s %s\n%s %s\n%s"
                .formatted(
                        blocks,
                        response.getStatus(),
                        response.getStopReason(),
                        response.getRawStopReason(),
                        response.getStopSequence(),
                        response.getUpstreamId(),
                        response.getServedModel(),
                        response.getError() == null ? response.getUsage() : response.getError());
    }

    private static String said(Block block) {
        return "%d %s %s %s %s %s %d %d %s"
                .formatted(
                        block.getChoiceIndex(),
                        block.getType(),
                        block.getToolCallId(),
                        block.getToolName(),
                        block.getMediaType(),
                        block.getComplete(),
                        block.getCitations().size(),
                        block.getLogprobs().size(),
                        OPAQUE.contains(block.getType())
                                ? ""
                                : block.getType() == BlockType.TOOL_USE
                                        ? arguments(block.getText())
                                        : block.getText() + block.getSignature());
    }

    private static Object arguments(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException _) {
            return text;
        }
    }
}
