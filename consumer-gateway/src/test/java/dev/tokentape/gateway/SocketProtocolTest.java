package dev.tokentape.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 6455, byte by byte. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SocketProtocolTest {

    private static final String HANDSHAKE = """
            GET /v1/stream HTTP/1.1\r
            Host: localhost\r
            Connection: keep-alive, Upgrade\r
            Upgrade: websocket\r
            Sec-WebSocket-Version: 13\r
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
            Sec-WebSocket-Protocol: other, tokentape.v1\r
            \r
            """;

    private TestGateway gateway = new TestGateway("gateway.keep-alive", "150ms");

    @BeforeAll
    void start() {
        gateway = new TestGateway("gateway.keep-alive", "150ms");
    }

    @AfterAll
    void stop() {
        gateway.close();
    }

    private RawConnection open() throws IOException {
        RawConnection connection = new RawConnection(gateway.port());
        connection.send(HANDSHAKE);
        assertThat(connection.answer()).startsWith("HTTP/1.1 101");
        return connection;
    }

    /** A masked frame; the mask is 0, so the payload reads plain. */
    private static byte[] frame(int first, byte[] payload) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(first);
        if (payload.length < 126) {
            out.write(0x80 | payload.length);
        } else {
            out.write(0x80 | 126);
            out.write(payload.length >> 8);
            out.write(payload.length);
        }
        out.writeBytes(new byte[4]);
        out.writeBytes(payload);
        return out.toByteArray();
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The next frame that is no ping: its first byte, then its payload. */
    private static byte[] next(RawConnection connection) throws IOException {
        while (true) {
            int first = connection.readByte();
            if (first < 0) {
                throw new IOException("the connection ended");
            }
            byte[] payload = connection.read(length(connection));
            if (first != 0x89) {
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                out.write(first);
                out.writeBytes(payload);
                return out.toByteArray();
            }
        }
    }

    private static int length(RawConnection connection) throws IOException {
        int length = connection.readByte();
        return length < 126 ? length : (connection.readByte() << 8) | connection.readByte();
    }

    private static int closeCode(RawConnection connection) throws IOException {
        byte[] close = next(connection);
        assertThat(close[0]).isEqualTo((byte) 0x88);
        return (close[1] & 0xff) << 8 | (close[2] & 0xff);
    }

    @Test
    void theHandshakeIsAnsweredAsTheStandardsExample() throws IOException {
        try (RawConnection connection = new RawConnection(gateway.port())) {
            // When the nonce of RFC 6455, section 1.3, is sent
            connection.send(HANDSHAKE);

            // Then the answer carries its proof, and the sub-protocol
            assertThat(connection.answer().toLowerCase(java.util.Locale.ROOT))
                    .contains("sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=")
                    .contains("sec-websocket-protocol: tokentape.v1");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "Sec-WebSocket-Version: 13, Sec-WebSocket-Version: 8, 426",
        "Upgrade: websocket, Upgrade: h2c, 426",
        "'Connection: keep-alive, Upgrade', Connection: keep-alive, 426",
        "dGhlIHNhbXBsZSBub25jZQ==, c2hvcnQ=, 400",
        "'other, tokentape.v1', other, 400",
        "Host: localhost, Host: evil.example.org, 421"
    })
    void aHandshakeThatIsWrongIsRefused(String right, String wrong, int status) throws IOException {
        try (RawConnection connection = new RawConnection(gateway.port())) {
            // When a part of it is wrong
            connection.send(HANDSHAKE.replace(right, wrong));

            // Then it stays HTTP
            assertThat(connection.answer()).startsWith("HTTP/1.1 " + status);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "Sec-WebSocket-Protocol: graphql-ws\\r\\n, none of the WebSocket sub-protocols",
        "'', offers no WebSocket sub-protocol"
    })
    void aWrongSubProtocolIsToldWhichOneIsSpoken(String header, String told) throws IOException {
        try (RawConnection connection = new RawConnection(gateway.port())) {
            // When the client offers something else, or nothing
            connection.send(HANDSHAKE.replace(
                    "Sec-WebSocket-Protocol: other, tokentape.v1\r\n", header.replace("\\r\\n", "\r\n")));

            // Then it learns what to offer
            assertThat(connection.answer())
                    .startsWith("HTTP/1.1 400")
                    .contains(told)
                    .contains("tokentape.v1");
        }
    }

    @Test
    void aMessageMayComeInPiecesWithPingsBetween() throws IOException {
        try (RawConnection connection = open()) {
            // When a message comes in three fragments, and a ping between them
            connection.send(frame(0x01, text("{\"type\":")));
            connection.send(frame(0x89, text("are you there")));
            connection.send(frame(0x00, text("\"ping\",\"ref\":")));
            connection.send(frame(0x80, text("\"1\"}")));

            // Then the ping is answered with its payload, and the message as one
            byte[] pong = next(connection);
            assertThat(pong[0]).isEqualTo((byte) 0x8a);
            assertThat(new String(pong, 1, pong.length - 1, StandardCharsets.UTF_8))
                    .isEqualTo("are you there");
            byte[] reply = next(connection);
            assertThat(new String(reply, 1, reply.length - 1, StandardCharsets.UTF_8))
                    .isEqualTo("{\"type\":\"pong\",\"ref\":\"1\"}");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "the first reserved bit, C18000000000, 1002",
        "the second reserved bit, A18000000000, 1002",
        "the third reserved bit, 918000000000, 1002",
        "a reserved bit on a ping, C98000000000, 1002",
        "the unknown opcode 3, 838000000000, 1002",
        "the unknown opcode 7, 878000000000, 1002",
        "the unknown opcode 11, 8B8000000000, 1002",
        "the unknown opcode 15, 8F8000000000, 1002",
        "a ping in pieces, 098000000000, 1002",
        "a close in pieces, 088000000000, 1002",
        "a ping of more than 125 bytes, 89FE0080, 1002",
        "a close of more than 125 bytes, 88FE0080, 1002",
        "a continuation of nothing, 8080, 1002",
        "a second message within a first, 018000000000818000000000, 1002",
        "a text without a mask, 810141, 1002",
        "a ping without a mask, 8900, 1002",
        "a close without a mask, 880203E8, 1002",
        "a close with half a code, 888100000000FF, 1002",
        "a close with the code 999, 88820000000003E7, 1002",
        "a close with the reserved code 1004, 88820000000003EC, 1002",
        "a close with the code 1005 that may not be sent, 88820000000003ED, 1002",
        "a close with the code 1006 that may not be sent, 88820000000003EE, 1002",
        "a close with the code 1015 that may not be sent, 88820000000003F7, 1002",
        "a close with the code 1016 that is nobody's, 88820000000003F8, 1002",
        "a close with the code 2999 that is nobody's, 8882000000000BB7, 1002",
        "a close with the code 5000 that is nobody's, 8882000000001388, 1002",
        "a close whose reason is not UTF-8, 88830000000003E8FF, 1007",
        "a binary message, 828000000000, 1003",
        "text that is not UTF-8, 818100000000FF, 1007",
        "text that ends within a character, 818100000000C3, 1007",
        "a surrogate in UTF-8, 818300000000EDA080, 1007",
        "an overlong slash, 818200000000C0AF, 1007",
        "text in pieces that is not UTF-8 together, 018100000000C380810000000041, 1007",
        "a message of 16 MiB, 81FF0000000001000000, 1009",
        "a length of more than 63 bits, 81FFFFFFFFFFFFFFFFFF, 1002",
        "a length of 16 bits where 7 would do, 81FE000200000000, 1002",
        "a length of 64 bits where 16 would do, 81FF000000000000000200000000, 1002"
    })
    void aViolationEndsWithTheRightCode(String what, String bytes, int code) throws IOException {
        try (RawConnection connection = open()) {
            // When it happens
            connection.send(java.util.HexFormat.of().parseHex(bytes));

            // Then the socket is closed, and the code says why
            assertThat(closeCode(connection)).as(what).isEqualTo(code);
        }
    }

    @Test
    void aCharacterMayBeCutByFragments() throws IOException {
        try (RawConnection connection = open()) {
            // When a message is cut within a character
            byte[] message = text("{\"type\":\"ping\",\"ref\":\"ü\"}");
            int cut = message.length - 3;
            connection.send(frame(0x01, java.util.Arrays.copyOf(message, cut)));
            connection.send(frame(0x80, java.util.Arrays.copyOfRange(message, cut, message.length)));

            // Then it is whole again
            byte[] reply = next(connection);
            assertThat(new String(reply, 1, reply.length - 1, StandardCharsets.UTF_8))
                    .contains("\"ü\"");
        }
    }

    @Test
    void aMessageThatGrowsTooBigPieceByPieceIsStopped() throws IOException {
        try (RawConnection connection = open()) {
            // When fragments of one message add up to more than a message may have
            for (int i = 0; i <= 20; i++) {
                connection.send(frame(i == 0 ? 0x01 : 0x00, new byte[60_000]));
            }

            // Then the socket is closed
            assertThat(closeCode(connection)).isEqualTo(1009);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1000, 1001, 3000, 4999})
    void aCloseIsAnsweredWithItsCode(int code) throws IOException {
        try (RawConnection connection = open()) {
            // When the client closes
            connection.send(frame(0x88, new byte[] {(byte) (code >> 8), (byte) code}));

            // Then the same comes back, and then the end
            assertThat(closeCode(connection)).isEqualTo(code);
            assertThat(connection.rest()).isEmpty();
        }
    }

    @Test
    void whatComesBehindACloseIsNotRead() throws IOException {
        try (RawConnection connection = open()) {
            // When a client closes, and in the same breath goes on talking
            ByteArrayOutputStream both = new ByteArrayOutputStream();
            both.writeBytes(frame(0x88, new byte[] {3, (byte) 0xe8}));
            both.writeBytes(frame(0x81, text("{\"type\":\"ping\",\"ref\":\"late\"}")));
            connection.send(both.toByteArray());

            // Then its close is answered, and nothing else
            assertThat(closeCode(connection)).isEqualTo(1000);
            assertThat(connection.rest()).isEmpty();
        }
    }

    @Test
    void whoShutsItsSideWithoutACloseIsLetGo() throws IOException {
        try (RawConnection connection = open()) {
            // Given a subscription
            connection.send(frame(0x81, text("{\"type\":\"subscribe\",\"conversation_id\":\"half\"}")));
            assertThat(next(connection)[0]).isEqualTo((byte) 0x81);

            // When the client only shuts the side it writes to
            connection.socket.shutdownOutput();

            // Then the connection ends, and its reader with it
            connection.rest();
            await().until(() -> gateway.tape.readers("half") == 0);
        }
    }

    @Test
    void whoAnswersNoPingIsGivenUp() throws IOException {
        try (RawConnection connection = open()) {
            // When a client is silent
            int code = closeCode(connection);

            // Then it is told to come back
            assertThat(code).isEqualTo(4001);
        }
    }

    @Test
    void framesThatAreNotWholeTakeOfTheMemoryForAll() throws IOException {
        try (TestGateway small = new TestGateway("gateway.request-memory", "1048576");
                RawConnection first = new RawConnection(small.port());
                RawConnection second = new RawConnection(small.port())) {
            // Given a frame of which most has come, and takes most of the memory
            byte[] begun = new byte[700_000];
            System.arraycopy(
                    new byte[] {(byte) 0x81, (byte) 0xff, 0, 0, 0, 0, 0, 0x0d, (byte) 0xbb, (byte) 0xa0},
                    0,
                    begun,
                    0,
                    10);
            first.send(HANDSHAKE);
            assertThat(first.answer()).startsWith("HTTP/1.1 101");
            first.send(begun);
            await().until(() -> taken(small) >= begun.length);

            // When another comes on a second socket
            second.send(HANDSHAKE);
            assertThat(second.answer()).startsWith("HTTP/1.1 101");
            second.send(begun);

            // Then that socket is told to come back later, and what the first took is given back with it
            assertThat(closeCode(second)).isEqualTo(1013);
            first.close();
            await().until(() -> taken(small) == 0);
        }
    }

    private static double taken(TestGateway gateway) {
        return gateway.registry.get("tokentape.gateway.request.memory").gauge().value();
    }
}
