package dev.tokentape.gateway;

import static dev.tokentape.gateway.TestGateway.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.schemas.avro.Part;
import dev.tokentape.schemas.avro.PartType;
import dev.tokentape.schemas.json.Words;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A provider may sign any part of an answer, and gets the signature back with it: it is taken on every part. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SignedPartsTest {

    private static final String RESPONSES = "/v1/conversations/talk/responses";
    private static final String SIGNATURE = "c2lnbmVk/+==";

    /** What a part of each type has beside its signature. */
    private static final Map<PartType, String> PARTS = new EnumMap<>(Map.of(
            PartType.TEXT, "\"text\":\"a\"",
            PartType.THINKING, "\"text\":\"a\"",
            PartType.REDACTED_THINKING, "\"text\":\"a\"",
            PartType.REFUSAL, "\"text\":\"a\"",
            PartType.IMAGE, "\"media_type\":\"image/png\",\"data\":\"AA==\"",
            PartType.AUDIO, "\"url\":\"https://a.example/b\"",
            PartType.TOOL_CALL, "\"tool_call_id\":\"c\",\"tool_name\":\"t\",\"arguments\":{}",
            PartType.TOOL_RESULT, "\"tool_call_id\":\"c\",\"text\":\"x\""));

    private final TestGateway gateway = new TestGateway();

    @AfterAll
    void stop() {
        gateway.close();
    }

    static Stream<PartType> types() {
        return Arrays.stream(PartType.values()).filter(type -> type != PartType.OTHER);
    }

    static Stream<PartType> typesOfText() {
        return types().filter(type -> "\"text\":\"a\"".equals(PARTS.get(type)));
    }

    private HttpResponse<String> send(String part) {
        return gateway.post(RESPONSES, "{\"messages\":[{\"role\":\"assistant\",\"content\":[%s]}]}".formatted(part));
    }

    private Part taken() {
        return gateway.commands
                .asked
                .getLast()
                .getMessages()
                .getFirst()
                .getParts()
                .getFirst();
    }

    @ParameterizedTest
    @MethodSource("types")
    void aSignatureIsTakenOnAPartOfEveryType(PartType type) {
        // When
        HttpResponse<String> response =
                send("{\"type\":\"%s\",%s,\"signature\":\"%s\"}".formatted(Words.of(type), PARTS.get(type), SIGNATURE));

        // Then
        assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
        assertThat(taken().getType()).isEqualTo(type);
        assertThat(taken().getSignature()).isEqualTo(SIGNATURE);
    }

    @ParameterizedTest
    @MethodSource("typesOfText")
    void aSignedPartMaySayNothing(PartType type) {
        // When it comes without text, signed and not
        HttpResponse<String> signed =
                send("{\"type\":\"%s\",\"signature\":\"%s\"}".formatted(Words.of(type), SIGNATURE));
        Part taken = taken();
        HttpResponse<String> unsigned = send("{\"type\":\"%s\"}".formatted(Words.of(type)));

        // Then
        assertThat(signed.statusCode()).as(signed.body()).isEqualTo(202);
        assertThat(taken.getText()).isEmpty();
        assertThat(taken.getSignature()).isEqualTo(SIGNATURE);
        assertThat(json(unsigned).at("/errors/0/pointer").asText()).isEqualTo("/messages/0/content/0/text");
    }

    @ParameterizedTest
    @MethodSource("types")
    void aSignatureThatIsNoTextIsRefusedWithItsPlace(PartType type) {
        // When
        HttpResponse<String> response =
                send("{\"type\":\"%s\",%s,\"signature\":17}".formatted(Words.of(type), PARTS.get(type)));

        // Then
        assertThat(response.statusCode()).as(response.body()).isEqualTo(422);
        assertThat(json(response).at("/errors/0/pointer").asText()).isEqualTo("/messages/0/content/0/signature");
    }
}
