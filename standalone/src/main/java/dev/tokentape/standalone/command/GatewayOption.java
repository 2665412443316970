package dev.tokentape.standalone.command;

import dev.tokentape.standalone.client.TapeClient;
import dev.tokentape.standalone.console.CommandFailure;
import dev.tokentape.standalone.console.ExitCode;
import java.net.URI;
import picocli.CommandLine.Option;

/** Where the client commands find the gateway. */
final class GatewayOption {

    @Option(
            names = "--gateway",
            paramLabel = "URL",
            description =
                    "Address of the gateway. Default: what TOKENTAPE_GATEWAY_URL says, else http://127.0.0.1:8080.",
            defaultValue = "${env:TOKENTAPE_GATEWAY_URL:-http://127.0.0.1:8080}")
    private String url = "http://127.0.0.1:8080";

    TapeClient client() {
        try {
            return new TapeClient(URI.create(url));
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.USAGE, "'" + url + "' is no address of a gateway: " + e.getMessage(), e);
        }
    }

    String url() {
        return url;
    }
}
