package dev.tokentape.gateway.auth;

/** What streams are sent some time before their token ends. */
public final class Reauthenticate {

    private Reauthenticate() {}

    /** The message, one line. @param grant one that ends */
    public static String json(Grant grant) {
        return "{\"type\":\"reauthenticate\",\"expires_at\":\"" + grant.expiresAt() + "\"}";
    }
}
