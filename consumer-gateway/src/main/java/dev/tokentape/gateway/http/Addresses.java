package dev.tokentape.gateway.http;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How many connections each client address has. An IPv6 client counts by its network (64 bits), of which it has every
 * address. Only addresses with open connections are held. Thread-safe.
 */
final class Addresses {

    private static final int NETWORK_BYTES = 8;

    private final ConcurrentHashMap<String, Integer> connections = new ConcurrentHashMap<>();

    /** The client's name among addresses. */
    static String of(SocketAddress remote) {
        if (!(remote instanceof InetSocketAddress socket) || socket.getAddress() == null) {
            return "unknown";
        }
        InetAddress address = socket.getAddress();
        return address instanceof Inet6Address
                ? HexFormat.of().formatHex(Arrays.copyOf(address.getAddress(), NETWORK_BYTES)) + "/64"
                : address.getHostAddress();
    }

    /** Counts one more; returns how many there are with it. */
    int opened(String address) {
        return connections.merge(address, 1, Integer::sum);
    }

    void closed(String address) {
        connections.computeIfPresent(address, (_, count) -> count > 1 ? count - 1 : null);
    }
}
