package dev.tokentape.simulator.strict;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What a vendor puts on thinking so that it knows its own again: signatures that vouch for a text, and opaque tokens
 * that vouch for themselves. The keys are no secrets; a seal is a pure function, so that a script stays one.
 */
public enum Seal {

    /** Of Claude's thinking, with Anthropic and on Bedrock alike, as Anthropic's documentation promises. */
    ANTHROPIC,

    /** Of Gemini's thought signatures. */
    GEMINI,

    /** Of OpenAI's encrypted reasoning, which begins with {@code gAAAA}. */
    OPENAI;

    private static final String ALGORITHM = "HmacSHA256";
    private static final int NONCE_BYTES = 16;
    private static final int CODE_BYTES = 32;

    /** The version and the high bytes of the time stamp of a Fernet token, which OpenAI's begin with. */
    private static final byte[] FERNET = {(byte) 0x80, 0, 0, 0, 0};

    /** The signature of a text. */
    public String signature(String text) {
        return Base64.getEncoder().encodeToString(code(utf8(text)));
    }

    /** Whether this vendor gave this signature to this text. */
    boolean signed(String text, String signature) {
        return MessageDigest.isEqual(utf8(signature(text)), utf8(signature));
    }

    /** A token that stands for a text. */
    public String token(String text) {
        byte[] nonce = Arrays.copyOf(code(utf8(text)), NONCE_BYTES);
        byte[] prefix = prefix();
        byte[] token = ByteBuffer.allocate(prefix.length + NONCE_BYTES + CODE_BYTES)
                .put(prefix)
                .put(nonce)
                .put(code(nonce))
                .array();
        return (this == OPENAI ? Base64.getUrlEncoder() : Base64.getEncoder()).encodeToString(token);
    }

    /** Whether this vendor made this token. */
    boolean issued(String token) {
        byte[] bytes;
        try {
            bytes = (this == OPENAI ? Base64.getUrlDecoder() : Base64.getDecoder()).decode(token);
        } catch (IllegalArgumentException notBase64) {
            return false;
        }
        byte[] prefix = prefix();
        if (bytes.length != prefix.length + NONCE_BYTES + CODE_BYTES) {
            return false;
        }
        byte[] nonce = Arrays.copyOfRange(bytes, prefix.length, prefix.length + NONCE_BYTES);
        byte[] code = Arrays.copyOfRange(bytes, prefix.length + NONCE_BYTES, bytes.length);
        return MessageDigest.isEqual(code, code(nonce));
    }

    private byte[] prefix() {
        return this == OPENAI ? FERNET : new byte[0];
    }

    private byte[] code(byte[] bytes) {
        try {
            var mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(utf8("simulator of " + name()), ALGORITHM));
            return mac.doFinal(bytes);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java has " + ALGORITHM, impossible);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
