package dev.tokentape.gateway.http;

import dev.tokentape.gateway.problem.Problem;
import java.util.Locale;
import java.util.regex.Pattern;

/** The ids that clients name things by. */
public final class PublicIds {

    public static final Pattern CONVERSATION = Pattern.compile("[A-Za-z0-9._~:@-]{1,128}");
    public static final Pattern RESPONSE =
            Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

    private PublicIds() {}

    /** The id itself; a problem if it cannot be one. */
    public static String conversation(String id) {
        return conversation("conversation_id", id);
    }

    /** The same for an id that stands in a parameter of this name. */
    public static String conversation(String parameter, String id) {
        if (!CONVERSATION.matcher(id).matches()) {
            throw Problem.invalidParameter(
                            parameter, "a conversation id is 1 to 128 of the characters A-Z a-z 0-9 . _ ~ : @ -")
                    .asException();
        }
        return id;
    }

    /** The id in lower case; a problem if it cannot be one. */
    public static String response(String id) {
        String lower = id.toLowerCase(Locale.ROOT);
        if (!RESPONSE.matcher(lower).matches()) {
            throw Problem.invalidParameter(
                            "response_id", "a response id is a UUID like 0198c7a2-1d5e-7cc3-9d53-6a1f0c2b8e11")
                    .asException();
        }
        return lower;
    }
}
