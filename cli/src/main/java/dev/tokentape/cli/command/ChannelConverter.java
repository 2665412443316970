package dev.tokentape.cli.command;

import dev.tokentape.processor.moderation.rules.Channel;
import java.util.Iterator;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a moderation channel as rule files write it. */
final class ChannelConverter implements ITypeConverter<Channel> {

    @Override
    public Channel convert(String value) {
        return Stream.of(Channel.values())
                .filter(channel -> channel.word().equals(value))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException(
                        "expected prompt, text, thinking or tool_input, not '" + value + "'"));
    }

    /** For {@code --help}. */
    static final class Words implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Stream.of(Channel.values()).map(Channel::word).iterator();
        }
    }
}
