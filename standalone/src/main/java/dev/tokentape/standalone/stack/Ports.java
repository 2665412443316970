package dev.tokentape.standalone.stack;

import dev.tokentape.cli.console.CommandFailure;
import dev.tokentape.cli.console.ExitCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Looks at ports before anything is started on them. */
final class Ports {

    private Ports() {}

    /**
     * Says early that a port is taken, before seconds have gone into starting the rest.
     *
     * @param option with which another can be chosen
     * @throws CommandFailure if it is, or the address is none of this machine
     */
    static void requireFree(String host, int port, String option) {
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new CommandFailure(ExitCode.UNAVAILABLE, "'" + host + "' is no address of this machine");
        }
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(address);
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCode.UNAVAILABLE,
                    "port " + port + " on " + host + " is not free (" + e.getMessage()
                            + "). End the program that uses it, or choose another with " + option + ".",
                    e);
        }
    }

    /** A port of 127.0.0.1 that is free now. */
    static int free() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.UNAVAILABLE, "no free port on 127.0.0.1 (" + e.getMessage() + ")", e);
        }
    }
}
