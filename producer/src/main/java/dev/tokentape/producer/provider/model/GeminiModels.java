package dev.tokentape.producer.provider.model;

import java.util.Locale;
import java.util.regex.Pattern;

/** What Google's models ask for by their generation, whichever API they are called by. */
public final class GeminiModels {

    /**
     * Stands for the signature of a call that no Gemini model made. The word is Google's, documented for calls that
     * come from another model: https://ai.google.dev/gemini-api/docs/thought-signatures
     */
    public static final String ANOTHER_MODELS = "skip_thought_signature_validator";

    private static final Pattern BEFORE_3 =
            Pattern.compile("gemini-pro(-vision)?|gemini-[12]\\b.*|.*(gemma|palm|bison|learnlm).*");

    private GeminiModels() {}

    /** Whether the first call of each step must be signed, as with Gemini 3 and later. */
    public static boolean wantSignedCalls(String model) {
        String name = model.toLowerCase(Locale.ROOT);
        name = name.substring(name.lastIndexOf('/') + 1);
        return name.contains("gemini") && !BEFORE_3.matcher(name).matches();
    }
}
