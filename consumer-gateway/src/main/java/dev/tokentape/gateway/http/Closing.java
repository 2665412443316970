package dev.tokentape.gateway.http;

/** Told to every connection when the gateway closes: finish what is being answered, send streams away, then close. */
public enum Closing {
    NOW
}
