package dev.tokentape.producer.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.schemas.avro.Block;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.ErrorPhase;
import dev.tokentape.schemas.avro.StopReason;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.topic.RecordLimits;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The accents of Chat Completions servers, each in as few words as show it. */
class ChatDialectsTest {

    @Test
    void everythingAtOnce() throws IOException {
        // Given
        byte[] body = Everything.body("openai-chat-completions");

        // When
        Decoded decoded = Decoded.of("openai-chat-completions", body, 5);

        // Then
        assertThat(decoded.response().getBlocks())
                .extracting(Block::getChoiceIndex, Block::getType)
                .asString()
                .isEqualTo("[(0, THINKING), (0, REDACTED_THINKING), (0, TEXT), (0, IMAGE), (0, TEXT), "
                        + "(0, TOOL_USE), (0, TOOL_USE), (0, AUDIO), (1, REFUSAL)]");
        assertThat(decoded.response().getText()).isEqualTo("Grüße 👋🏽 世界 hm");
        assertThat(decoded.thinking()).isEqualTo("Let me think.");
        assertThat(decoded.response().getStopReason()).isEqualTo(StopReason.TOOL_USE);
        assertThat(calls(decoded)).containsExactly("t0 weather {\"city\":\"Rome\"}", "t1 time {}");
        assertThat(decoded.response().getBlocks()).allMatch(Block::getComplete);
    }

    @Test
    void thinkingAfterTextIsABlockOfItsOwnAndTheTextGoesOn() {
        // When
        Decoded decoded = chat(
                delta("\"reasoning_content\":\"a\""),
                delta("\"reasoning_content\":\"b\",\"content\":\"\""),
                delta("\"content\":\"c\""),
                delta("\"reasoning\":\"d\""),
                delta("\"content\":\"e\""),
                finish("stop"));

        // Then
        assertThat(texts(decoded)).containsExactly("THINKING ab", "TEXT ce", "THINKING d");
        assertThat(decoded.events())
                .extracting(event -> event.getClass().getSimpleName())
                .containsSubsequence(
                        "BlockStart", "BlockDelta", "BlockDelta", "BlockStop", "BlockStart", "MessageStop");
    }

    @Test
    void thinkingThatIsToldTwiceIsReadOnce() {
        // When
        Decoded decoded = chat(
                delta("\"reasoning\":\"a\",\"reasoning_content\":\"a\","
                        + "\"reasoning_details\":[{\"type\":\"reasoning.text\",\"text\":\"a\"}]"),
                delta("\"reasoning_details\":[{\"type\":\"reasoning.summary\",\"summary\":\"b\"}]"),
                delta("\"thinking_blocks\":[{\"type\":\"thinking\",\"thinking\":\"c\",\"signature\":\"s\"}]"),
                finish("stop"));

        // Then
        assertThat(decoded.thinking()).isEqualTo("abc");
        assertThat(decoded.blocks(BlockType.THINKING).getFirst().getSignature()).isEqualTo("s");
    }

    @Test
    void callsThatAllHaveIndexZeroAreToldApartById() {
        // When
        Decoded decoded = chat(
                delta("\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]"),
                delta("\"tool_calls\":[{\"index\":0,\"id\":\"b\",\"function\":{\"name\":\"f\","
                        + "\"arguments\":\"{\\\"x\\\"\"}}]"),
                delta("\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\":1}\"}}]"),
                finish("tool_calls"));

        // Then
        assertThat(calls(decoded)).containsExactly("a f {}", "b f {\"x\":1}");
    }

    @Test
    void anIdThatChangesWithEveryPieceIsStillOneCall() {
        // When
        Decoded decoded = chat(
                delta("\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"{\"}}]"),
                delta("\"tool_calls\":[{\"index\":0,\"id\":\"b\",\"function\":{\"arguments\":\"}\"}}]"),
                finish("tool_calls"));

        // Then
        assertThat(calls(decoded)).containsExactly("a f {}");
    }

    @Test
    void callsWithoutIndexAndIdBeginWithTheirName() {
        // When
        Decoded decoded = chat(
                delta("\"tool_calls\":[{\"function\":{\"name\":\"f\",\"arguments\":\"{\"}}]"),
                delta("\"tool_calls\":[{\"function\":{\"arguments\":\"}\"}}]"),
                delta("\"tool_calls\":[{\"function\":{\"name\":\"g\",\"arguments\":{\"x\":1}}}]"),
                finish("stop"));

        // Then
        assertThat(calls(decoded)).containsExactly("null f {}", "null g {\"x\":1}");
        assertThat(decoded.response().getStopReason()).isEqualTo(StopReason.TOOL_USE);
        assertThat(decoded.response().getRawStopReason()).isEqualTo("stop");
    }

    @Test
    void aNameThatComesAfterTheArgumentsIsWaitedFor() {
        // When
        Decoded decoded = chat(
                delta("\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"function\":{\"arguments\":\"{\"}}]"),
                delta("\"tool_calls\":[{\"index\":0,\"function\":{\"name\":\"f\",\"arguments\":\"}\"}}]"),
                finish("tool_calls"));

        // Then
        assertThat(calls(decoded)).containsExactly("a f {}");
    }

    @Test
    void theOldFunctionCallIsACallToo() {
        // When
        Decoded decoded = chat(
                delta("\"function_call\":{\"name\":\"f\",\"arguments\":\"\"}"),
                delta("\"function_call\":{\"arguments\":\"{}\"}"),
                finish("function_call"));

        // Then
        assertThat(calls(decoded)).containsExactly("null f {}");
    }

    @Test
    void aCallCutByTheTokenLimitIsNotHandedOnAsWhole() {
        // When
        Decoded decoded = chat(
                delta("\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"f\","
                        + "\"arguments\":\"{\\\"x\"}}]"),
                finish("length"));

        // Then
        assertThat(decoded.response().getStopReason()).isEqualTo(StopReason.MAX_TOKENS);
        assertThat(decoded.blocks(BlockType.TOOL_USE).getFirst().getComplete()).isFalse();
    }

    @Test
    void aServerThatDoesNotStreamItsMessageIsReadAllTheSame() {
        // When
        Decoded decoded = Decoded.of(
                "openai-chat-completions",
                "data: " + "{\"id\":\"x\",\"choices\":[{\"message\":{\"role\":\"assistant\",\"content\":\"Hi\"},"
                        + "\"finish_reason\":\"eos\"}]}\n\n");

        // Then
        assertThat(decoded.response().getText()).isEqualTo("Hi");
        assertThat(decoded.response().getStopReason()).isEqualTo(StopReason.END_TURN);
    }

    @Test
    void errorsOfEveryShapeAreErrors() {
        assertThat(error("{\"error\":{\"message\":\"boom\",\"type\":\"server_error\",\"code\":null}}"))
                .isEqualTo("server_error: boom");
        assertThat(error("{\"error\":\"boom\",\"code\":\"invalid-argument\"}")).isEqualTo("invalid-argument: boom");
        assertThat(error("{\"object\":\"error\",\"message\":\"boom\",\"type\":\"BadRequestError\",\"code\":400}"))
                .isEqualTo("BadRequestError: boom");
        assertThat(error("{\"detail\":\"boom\"}")).isEqualTo("upstream_error: boom");
        assertThat(error("{\"error\":{\"code\":429,\"message\":\"Provider returned "
                        + "error\",\"metadata\":{\"raw\":\"boom\"}}}"))
                .isEqualTo("rate_limit_error: Provider returned error: boom");
        assertThat(error("{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\"},\"finish_reason\":\"error\","
                        + "\"error\":{\"code\":502,\"message\":\"boom\"}}]}"))
                .isEqualTo("server_error: boom");
        assertThat(error("{\"choices\":[],\"error\":{\"code\":\"overloaded\",\"message\":\"boom\"}}"))
                .isEqualTo("overloaded: boom");
    }

    @Test
    void anErrorEventNeedsNoJson() {
        // When
        Decoded decoded =
                Decoded.of("openai-chat-completions", "event: error\ndata: the machine is on fire\n\ndata: [DONE]\n\n");

        // Then
        assertThat(decoded.last()).isInstanceOfSatisfying(TokenEvent.Failed.class, failed -> {
            assertThat(failed.error().getPhase()).isEqualTo(ErrorPhase.BEFORE_OUTPUT);
            assertThat(failed.error().getMessage()).isEqualTo("the machine is on fire");
        });
    }

    @Test
    void aFinishByErrorIsAFailureThatKeepsItsWord() {
        // When
        Decoded decoded = chat(delta("\"content\":\"a\""), finish("error"));

        // Then
        assertThat(decoded.response().getRawStopReason()).isEqualTo("error");
        assertThat(decoded.last()).isInstanceOf(TokenEvent.Failed.class);
    }

    @Test
    void anEmptyAnswerIsAFailure() {
        // When
        Decoded decoded = Decoded.of("openai-chat-completions", "data: [DONE]\n\n");

        // Then
        assertThat(((TokenEvent.Failed) decoded.last()).error().getCode()).isEqualTo("empty_answer");
    }

    @Test
    void aBodyThatIsNoEventStreamIsTruncatedOrUnreadable() {
        assertThat(phase("<html>\n<body>nothing here</body></html>")).isEqualTo(ErrorPhase.TRUNCATED);
        assertThat(phase("data: <html>\n\n")).isEqualTo(ErrorPhase.PARSE);
        assertThat(phase("data: 12\n\n")).isEqualTo(ErrorPhase.PARSE);
        assertThat(phase("")).isEqualTo(ErrorPhase.TRUNCATED);
    }

    @Test
    void reasoningCountedBesideTheOutputIsCountedIntoIt() {
        // When
        Decoded decoded = chat(
                delta("\"content\":\"a\""),
                finish("stop"),
                "{\"choices\":[],\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":5,\"total_tokens\":35,"
                        + "\"completion_tokens_details\":{\"reasoning_tokens\":20}}}");

        // Then
        assertThat(decoded.response().getUsage()).isNotNull().satisfies(usage -> {
            assertThat(usage.getOutputTokens()).isEqualTo(25);
            assertThat(usage.getComplete()).isTrue();
        });
    }

    @Test
    void aLongPictureIsCutIntoDeltasThatFitARecord() {
        // Given
        String data = "QUJD".repeat(200_000);

        // When
        Decoded decoded = chat(
                delta("\"images\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64," + data
                        + "\"}}]"),
                finish("stop"));

        // Then
        Block image = decoded.blocks(BlockType.IMAGE).getFirst();
        assertThat(image.getMediaType()).isEqualTo("image/png");
        assertThat(image.getText()).isEqualTo(data);
        assertThat(decoded.events())
                .filteredOn(TokenEvent.BlockDelta.class::isInstance)
                .hasSize(4)
                .allSatisfy(event -> assertThat(
                                ((TokenEvent.BlockDelta) event).text().length())
                        .isLessThanOrEqualTo(RecordLimits.MAX_DELTA_CHARACTERS));
    }

    @Test
    void aChoiceBeyondAllReasonIsRefused() {
        // When
        Decoded decoded = Decoded.of(
                "openai-chat-completions", "data: {\"choices\":[{\"index\":4711,\"delta\":{\"content\":\"a\"}}]}\n\n");

        // Then
        assertThat(((TokenEvent.Failed) decoded.last()).error().getCode()).isEqualTo("too_many_choices");
    }

    @Test
    void anAnswerWithoutEndIsRefusedAtItsBound() {
        // Given
        String piece = "data: " + delta("\"content\":\"" + "x".repeat(1_000_000) + "\"") + "\n\n";

        // When
        Decoded decoded = Decoded.of("openai-chat-completions", piece.repeat(20));

        // Then
        assertThat(((TokenEvent.Failed) decoded.last()).error().getCode()).isEqualTo("answer_too_long");
        assertThat(((TokenEvent.Failed) decoded.last()).error().getPhase()).isEqualTo(ErrorPhase.PARSE);
    }

    private static String error(String data) {
        Decoded decoded = Decoded.of("openai-chat-completions", "data: " + data + "\n\ndata: [DONE]\n\n");
        TokenEvent.Failed failed = (TokenEvent.Failed) decoded.last();
        return failed.error().getCode() + ": " + failed.error().getMessage();
    }

    private static ErrorPhase phase(String body) {
        return ((TokenEvent.Failed) Decoded.of("openai-chat-completions", body).last())
                .error()
                .getPhase();
    }

    private static List<String> calls(Decoded decoded) {
        return decoded.blocks(BlockType.TOOL_USE).stream()
                .map(block -> block.getToolCallId() + " " + block.getToolName() + " " + block.getText())
                .toList();
    }

    private static List<String> texts(Decoded decoded) {
        return decoded.response().getBlocks().stream()
                .map(block -> block.getType() + " " + block.getText())
                .toList();
    }

    private static Decoded chat(String... chunks) {
        String body =
                Arrays.stream(chunks).map(chunk -> "data: " + chunk + "\n\n").collect(Collectors.joining());
        return Decoded.of("openai-chat-completions", body + "data: [DONE]\n\n");
    }

    private static String delta(String fields) {
        return "{\"id\":\"x\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{" + fields + "}}]}";
    }

    private static String finish(String reason) {
        return "{\"id\":\"x\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"" + reason + "\"}]}";
    }
}
