package dev.tokentape.gateway.tape.cursor;

/** A 64-bit hash of an id, standing for it where the id itself would be too long. Equal in every process, for good. */
public final class Fingerprint {

    private static final long BASIS = 0xcbf29ce484222325L;
    private static final long PRIME = 0x100000001b3L;

    private Fingerprint() {}

    public static long of(String id) {
        long hash = BASIS;
        for (int i = 0; i < id.length(); i++) {
            hash = (hash ^ id.charAt(i)) * PRIME;
        }
        return mixed(hash);
    }

    public static long of(long high, long low) {
        return mixed(high * PRIME ^ mixed(low));
    }

    /** Spreads every bit over all others, since the multiplication above leaves the low ones weak. */
    private static long mixed(long value) {
        long hash = (value ^ (value >>> 33)) * 0xff51afd7ed558ccdL;
        hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return hash ^ (hash >>> 33);
    }
}
