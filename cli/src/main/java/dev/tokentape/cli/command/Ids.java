package dev.tokentape.cli.command;

import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The ids that users write, looked at before a gateway is asked. */
final class Ids {

    private static final Pattern CONVERSATION = Pattern.compile("[A-Za-z0-9._~:@-]{1,128}");
    private static final Pattern RESPONSE =
            Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");

    private Ids() {}

    /** The id of a conversation, which its users choose. */
    static final class Conversation implements ITypeConverter<String> {
        @Override
        public String convert(String value) {
            return fitting(
                    value,
                    CONVERSATION,
                    "is no id of a conversation, which is 1 to 128 of the characters A-Z a-z 0-9 . _ ~ : @ -");
        }
    }

    /** The id of an answer. */
    static final class Response implements ITypeConverter<String> {
        @Override
        public String convert(String value) {
            return fitting(
                    value,
                    RESPONSE,
                    "is no id of an answer, which looks like 0198c7a2-1d5e-7cc3-9d53-6a1f0c2b8e11; `ask` prints it, and"
                            + " `tail --json` shows it as response_id");
        }
    }

    private static String fitting(String value, Pattern pattern, String otherwise) {
        if (!pattern.matcher(value).matches()) {
            throw new TypeConversionException("'" + value + "' " + otherwise);
        }
        return value;
    }
}
