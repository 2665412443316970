package dev.tokentape.cli;

import dev.tokentape.cli.settings.Nearest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What is wrong with a command line, and what was probably meant. */
final class WrongUse {

    private WrongUse() {}

    static String told(ParameterException wrong) {
        if (!(wrong instanceof UnmatchedArgumentException unmatched)
                || unmatched.getUnmatched().isEmpty()) {
            return String.valueOf(wrong.getMessage());
        }
        CommandLine command = wrong.getCommandLine();
        String word = unmatched.getUnmatched().getFirst();
        if (word.startsWith("-") && word.length() > 1) {
            String name = word.replaceAll("=.*", "");
            return "there is no option " + name + meant(name, options(command));
        }
        return command.getSubcommands().isEmpty()
                ? "'" + word + "' is one argument too many; what has spaces is put in quotes"
                : "there is no command '" + word + "'"
                        + meant(word, command.getSubcommands().keySet());
    }

    private static List<String> options(CommandLine command) {
        List<String> names = new ArrayList<>();
        command.getCommandSpec().options().forEach(option -> names.addAll(List.of(option.names())));
        names.removeIf(name -> !name.startsWith("--"));
        return names;
    }

    private static String meant(String word, Collection<String> known) {
        return Nearest.to(word, known)
                .map(near -> "; did you mean " + near + "?")
                .orElse("");
    }
}
