package dev.tokentape.cli.command;

import dev.tokentape.cli.client.AccessToken;
import dev.tokentape.cli.client.TapeClient;
import dev.tokentape.cli.client.TrustedCertificates;
import dev.tokentape.cli.console.CommandFailure;
import dev.tokentape.cli.console.ExitCode;
import dev.tokentape.schemas.config.Settings;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the client commands find the gateway. */
public final class GatewayOption {

    @Option(
            names = "--gateway",
            paramLabel = "URL",
            description =
                    "Address of the gateway, or of several, separated by commas: where one does not answer, the next is"
                            + " asked. Default: TOKENTAPE_GATEWAY_URL, else http://127.0.0.1:8080.",
            defaultValue = "${env:TOKENTAPE_GATEWAY_URL:-http://127.0.0.1:8080}")
    private String url = "http://127.0.0.1:8080";

    @Option(
            names = "--token-variable",
            paramLabel = "NAME",
            description = "Environment variable with the token, for a gateway that asks for one. Default: "
                    + AccessToken.USUAL_VARIABLE + ".")
    private @Nullable String tokenVariable;

    @Option(
            names = "--cacert",
            paramLabel = "FILE",
            description = "Certificates (PEM) to trust instead of those that Java does, for a gateway at https with a"
                    + " certificate of your own.")
    private @Nullable Path trusted;

    public TapeClient client() {
        AccessToken token = token(tokenVariable);
        List<URI> addresses = Settings.entries(url).stream().map(this::address).toList();
        return new TapeClient(addresses.isEmpty() ? List.of(address(url)) : addresses, token, certificates());
    }

    private @Nullable TrustedCertificates certificates() {
        if (trusted == null) {
            return null;
        }
        try {
            return TrustedCertificates.in(trusted);
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.USAGE, "--cacert: " + Unreadable.words(trusted.toString(), e), e);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.USAGE, "--cacert: " + e.getMessage(), e);
        }
    }

    private URI address(String one) {
        try {
            URI address = new URI(one);
            if (("http".equals(address.getScheme()) || "https".equals(address.getScheme()))
                    && address.getHost() != null) {
                return address;
            }
        } catch (URISyntaxException _) {
            // Told below, like any other that is no address.
        }
        throw new CommandFailure(
                ExitCode.USAGE,
                "--gateway (TOKENTAPE_GATEWAY_URL) is '" + url
                        + "': expected an address like http://127.0.0.1:8080, or several with commas between");
    }

    /** The token that the environment holds; null for none. */
    public static @Nullable AccessToken token(@Nullable String variable) {
        try {
            return AccessToken.in(System.getenv(), variable);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.USAGE, String.valueOf(e.getMessage()));
        }
    }
}
