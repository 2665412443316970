package dev.tokentape.gateway;

import static org.assertj.core.api.Assertions.assertThat;

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
        "a reserved bit, C100, 1002",
        "an unknown opcode, 8380, 1002",
        "a control frame in pieces, 0980, 1002",
        "a control frame of more than 125 bytes, 89FE0080, 1002",
        "a continuation of nothing, 8080, 1002",
        "a second message within a first, 018000000000818000000000, 1002",
        "no mask, 8100, 1002",
        "a close with half a code, 888100000000FF, 1002",
        "a close with a code that may not be sent, 88820000000003ED, 1002",
        "a binary message, 828000000000, 1003",
        "text that is not UTF-8, 818100000000FF, 1007",
        "a message of 16 MiB, 81FF0000000001000000, 1009"
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
    void whoAnswersNoPingIsGivenUp() throws IOException {
        try (RawConnection connection = open()) {
            // When a client is silent
            int code = closeCode(connection);

            // Then it is told to come back
            assertThat(code).isEqualTo(4001);
        }
    }
}
