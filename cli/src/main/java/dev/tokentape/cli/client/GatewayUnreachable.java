package dev.tokentape.cli.client;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/** The gateway does not answer; the message names its address and the way out. */
public final class GatewayUnreachable extends IOException {
    private static final long serialVersionUID = 1L;

    private GatewayUnreachable(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** One that was never there. */
    static GatewayUnreachable at(String address, String why, @Nullable Throwable cause) {
        return new GatewayUnreachable(
                "no gateway answers at %s (%s). Start one with `./tokentape up`, or say where it is with --gateway."
                        .formatted(address, why),
                cause);
    }

    /** One that was there. */
    static GatewayUnreachable gone(String address, String why, String longest) {
        return new GatewayUnreachable(
                "the gateway at %s did not come back within %s (%s).".formatted(address, longest, why), null);
    }

    /** What went wrong with a connection, in words for a person. */
    static String words(@Nullable Throwable failure) {
        return switch (failure) {
            case ConnectException _ -> "the connection was refused";
            case UnknownHostException _ -> "there is no such host";
            case NoRouteToHostException _ -> "there is no way to that host";
            case SocketTimeoutException _ -> "it said nothing in time";
            case EOFException _ -> "the connection was cut";
            case SSLHandshakeException _ ->
                "its certificate is none that is trusted here; --cacert FILE names one of your own";
            case null -> "the connection was cut";
            default -> failure.getMessage() == null ? "the connection was cut" : failure.getMessage();
        };
    }
}
