package dev.tokentape.processor.moderation.validate;

import java.net.InetAddress;

/** Addresses of machines, written out. */
final class IpAddress {

    private IpAddress() {}

    /** Whether a text is an IPv4 or IPv6 address; never asks a name server. */
    static boolean isLiteral(String match) {
        try {
            InetAddress.ofLiteral(match);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
