package dev.tokentape.schemas.codec;

import org.apache.avro.util.ClassSecurityValidator;

/**
 * Tells Avro that the classes generated from our schemas may be created from data. Avro trusts no class by default,
 * since a schema's text may name any.
 */
public final class TrustedClasses {

    private static final String GENERATED = "dev.tokentape.schemas.avro.";

    static {
        ClassSecurityValidator.setGlobal(ClassSecurityValidator.composite(
                ClassSecurityValidator.getGlobal(), type -> type.getName().startsWith(GENERATED)));
    }

    private TrustedClasses() {}

    /** To be called before the first record is read or built; again at no cost. */
    public static void ensure() {}
}
