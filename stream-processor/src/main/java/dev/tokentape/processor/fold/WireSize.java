package dev.tokentape.processor.fold;

import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Message;
import dev.tokentape.schemas.avro.Part;
import dev.tokentape.schemas.avro.Tool;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Upper bounds on encoded sizes, in bytes, without encoding. */
final class WireSize {

    /** Length prefixes, union branches and numbers around the strings of a part, block or message. */
    static final int FRAME = 64;

    private WireSize() {}

    static long of(List<Message> messages) {
        long bytes = 0;
        for (Message message : messages) {
            bytes += FRAME + of(message.getRole()) + of(message.getProvider()) + of(message.getModel());
            for (Part part : message.getParts()) {
                bytes += FRAME
                        + of(part.getText())
                        + of(part.getMediaType())
                        + of(part.getData())
                        + of(part.getUrl())
                        + of(part.getToolCallId())
                        + of(part.getToolName())
                        + of(part.getArguments())
                        + of(part.getSignature())
                        + of(part.getProviderData());
            }
        }
        return bytes;
    }

    /** All of a request but its messages. */
    static long ofOptions(GenerationRequest request) {
        long bytes = 4 * FRAME
                + of(request.getSystem())
                + of(request.getToolChoice())
                + of(request.getResponseSchema())
                + of(request.getExtra());
        for (Tool tool : request.getTools()) {
            bytes += FRAME + of(tool.getName()) + of(tool.getDescription()) + of(tool.getParameters());
        }
        for (String option : request.getFallbackLeaveOut()) {
            bytes += FRAME + of(option);
        }
        for (String stop : request.getStop()) {
            bytes += FRAME + of(stop);
        }
        return bytes;
    }

    /** The length in UTF-8. */
    static long of(@Nullable String text) {
        if (text == null) {
            return 0;
        }
        long bytes = text.length();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                // A surrogate pair is four bytes, two for each half; every other character from 0x800 on is three.
                bytes += c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
            }
        }
        return bytes;
    }
}
