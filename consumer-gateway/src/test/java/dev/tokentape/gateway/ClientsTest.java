package dev.tokentape.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients that others have written, against a running gateway; Java's own HttpClient is the client of the other tests.
 * Each is left out, with a word why, where it is not on this machine or cannot be fetched.
 */
@Timeout(120)
class ClientsTest {

    private static final Path CLIENTS = Path.of("src", "test", "clients");
    private static final Path INSTALLED = Path.of("target", "clients");
    private static final String ALL = "[0,1,2,3,4,5,6,7]";

    @TempDir
    Path folder = Path.of("");

    /** @param status -1 if there is no such program, or it took too long */
    private record Outcome(int status, String out, String err) {}

    private Outcome run(Path where, String... command) throws Exception {
        Path out = Files.createTempFile(folder, "out", ".txt");
        Path err = Files.createTempFile(folder, "err", ".txt");
        try {
            Process process = new ProcessBuilder(command)
                    .directory(where.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                return new Outcome(-1, Files.readString(out), "took too long");
            }
            return new Outcome(process.exitValue(), Files.readString(out), Files.readString(err));
        } catch (IOException e) {
            return new Outcome(-1, "", e.toString());
        }
    }

    private void install() throws Exception {
        Files.createDirectories(INSTALLED);
        for (String name : new String[] {"package.json", "eventsource.mjs", "ws.mjs"}) {
            Files.copy(
                    CLIENTS.resolve(name), INSTALLED.resolve(name), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        }
        if (!Files.isDirectory(INSTALLED.resolve("node_modules"))) {
            Outcome outcome =
                    run(INSTALLED, "npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--silent");
            assumeTrue(outcome.status() == 0, "npm cannot fetch ws and eventsource here: " + outcome.err());
        }
    }

    private static String answered(TestGateway gateway) {
        Answering answer = new Answering(gateway.tape, "talk", UUID.randomUUID().toString());
        answer.whole("Hello?", "a", "b", "ü");
        return answer.responseId();
    }

    @Test
    void npmsEventSourceReadsAnAnswerOnceAndStopsComingBack() throws Exception {
        install();
        try (TestGateway gateway = new TestGateway()) {
            // Given an answer that has ended
            String events = gateway.uri("/v1/conversations/talk/responses/" + answered(gateway) + "/events")
                    .toString();

            // When it is read, and the client comes back by itself after the end
            Outcome outcome = run(INSTALLED, "node", "eventsource.mjs", events);

            // Then it saw each event once, and was told to stop
            assertThat(outcome.out().strip()).as(outcome.err()).isEqualTo(ALL);
        }
    }

    @Test
    void npmsWebSocketGoesOnFromItsCursorOnASecondSocket() throws Exception {
        install();
        try (TestGateway gateway = new TestGateway()) {
            // Given an answer
            String id = answered(gateway);

            // When it is read over two sockets, the first torn down in the middle
            Outcome outcome =
                    run(INSTALLED, "node", "ws.mjs", "ws://127.0.0.1:" + gateway.port() + "/v1/stream", "talk", id);

            // Then each event was seen once
            assertThat(outcome.out().strip()).as(outcome.err()).isEqualTo(ALL);
        }
    }

    @Test
    void curlReadsAStreamToItsEnd() throws Exception {
        assumeTrue(run(folder, "curl", "--version").status() == 0, "there is no curl here");
        try (TestGateway gateway = new TestGateway()) {
            // Given an answer
            String path = "/v1/conversations/talk/responses/" + answered(gateway) + "/events";

            // When curl reads it
            Outcome outcome =
                    run(folder, "curl", "-sSN", "--fail", gateway.uri(path).toString());

            // Then all of it came, each event on a line of its own
            assertThat(outcome.status()).as(outcome.err()).isZero();
            assertThat(outcome.out().lines().filter(line -> line.startsWith("data: ")))
                    .hasSize(8);
            assertThat(outcome.out()).startsWith("retry: 1000").contains("ü");
        }
    }

    @Test
    void aBrowsersOwnEventSourceReadsAnAnswerOnceAndStopsComingBack() throws Exception {
        assumeTrue(run(folder, "chromium", "--version").status() == 0, "there is no chromium here");
        CompletableFuture<String> result = new CompletableFuture<>();
        HttpServer pages = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        pages.createContext("/", exchange -> {
            byte[] page = new byte[0];
            if (exchange.getRequestURI().getPath().equals("/result")) {
                result.complete(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
            } else {
                page = Files.readAllBytes(CLIENTS.resolve("page.html"));
            }
            exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
            exchange.sendResponseHeaders(200, page.length == 0 ? -1 : page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        pages.start();
        String origin = "http://127.0.0.1:" + pages.getAddress().getPort();
        Process browser = null;
        try (TestGateway gateway = new TestGateway("gateway.allowed-origins", origin)) {
            // Given an answer, and a page of an allowed origin
            String events = gateway.uri("/v1/conversations/talk/responses/" + answered(gateway) + "/events")
                    .toString();

            // When a browser opens it
            browser = new ProcessBuilder(
                            "chromium",
                            "--headless=new",
                            "--no-sandbox",
                            "--disable-gpu",
                            "--disable-dev-shm-usage",
                            "--user-data-dir=" + folder.resolve("profile"),
                            origin + "/?events=" + java.net.URLEncoder.encode(events, UTF_8))
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("browser.txt").toFile())
                    .start();

            // Then its EventSource saw each event once, came back after the end, and was told to stop
            assertThat(result.get(60, TimeUnit.SECONDS)).isEqualTo(ALL);
        } finally {
            if (browser != null) {
                browser.descendants().forEach(ProcessHandle::destroyForcibly);
                browser.destroyForcibly().waitFor();
            }
            pages.stop(0);
        }
    }
}
