package dev.tokentape.producer.provider.turns;

import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Message;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/**
 * Who can read what a model has sealed: the provider that served it, and where one serves models of several vendors,
 * the vendor. What a message does not name is taken to be of the provider that is asked.
 */
record Maker(String provider, String vendor) {

    /** Where Bedrock's cross-region profiles run; the vendor's name comes behind. */
    private static final Set<String> REGIONS =
            Set.of("us", "us-gov", "eu", "apac", "jp", "au", "ca", "sa", "me", "af", "global");

    static Maker asked(GenerationRequest request, boolean several) {
        return new Maker(request.getProvider(), several ? vendorOf(request.getModel()) : "");
    }

    static Maker of(Message message, GenerationRequest request, boolean several) {
        String provider = Objects.requireNonNullElse(message.getProvider(), request.getProvider());
        String model = Objects.requireNonNullElse(message.getModel(), request.getModel());
        return new Maker(provider, several ? vendorOf(model) : "");
    }

    /** The part of a model's name that tells its vendor; the whole name where none does. */
    private static String vendorOf(String model) {
        String name = model.toLowerCase(Locale.ROOT);
        if (name.startsWith("arn:")) {
            name = name.substring(name.lastIndexOf('/') + 1);
        }
        int slash = name.indexOf('/');
        if (slash > 0) {
            return name.substring(0, slash);
        }
        int dot = name.indexOf('.');
        if (dot > 0 && REGIONS.contains(name.substring(0, dot))) {
            name = name.substring(dot + 1);
            dot = name.indexOf('.');
        }
        boolean worded = dot > 0 && name.substring(0, dot).chars().allMatch(Character::isLetter);
        return worded ? name.substring(0, dot) : name;
    }
}
