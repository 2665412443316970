package dev.tokentape.standalone.command;

import dev.tokentape.standalone.client.TapeClient;
import dev.tokentape.standalone.console.CommandFailure;
import dev.tokentape.standalone.console.ExitCode;
import java.net.URI;
import java.net.URISyntaxException;
import picocli.CommandLine.Option;

/** Where the client commands find the gateway. */
final class GatewayOption {

    @Option(
            names = "--gateway",
            paramLabel = "URL",
            description = "Address of the gateway. Default: TOKENTAPE_GATEWAY_URL, else http://127.0.0.1:8080.",
            defaultValue = "${env:TOKENTAPE_GATEWAY_URL:-http://127.0.0.1:8080}")
    private String url = "http://127.0.0.1:8080";

    TapeClient client() {
        try {
            URI address = new URI(url.strip());
            if (("http".equals(address.getScheme()) || "https".equals(address.getScheme()))
                    && address.getHost() != null) {
                return new TapeClient(address);
            }
        } catch (URISyntaxException | IllegalArgumentException _) {
            // Told below, like any other that is no address.
        }
        throw new CommandFailure(
                ExitCode.USAGE,
                "--gateway (TOKENTAPE_GATEWAY_URL) is '" + url + "': expected an address like http://127.0.0.1:8080");
    }
}
