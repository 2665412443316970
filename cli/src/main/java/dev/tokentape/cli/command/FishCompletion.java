package dev.tokentape.cli.command;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** What fish is told to complete: one {@code complete} line for each command and each of its options. */
final class FishCompletion {

    private final CommandSpec root;
    private final List<String> lines = new ArrayList<>();

    FishCompletion(CommandSpec root) {
        this.root = root;
    }

    String script() {
        lines.add("# Completes commands and options of " + root.name() + ".");
        lines.add("complete -c " + root.name() + " -f");
        options(root, "__fish_use_subcommand");
        subcommands(root, "__fish_use_subcommand", "");
        return String.join("\n", lines) + "\n";
    }

    private void subcommands(CommandSpec of, String here, String above) {
        Map<String, CommandLine> nested = of.subcommands();
        String none = "not __fish_seen_subcommand_from " + String.join(" ", nested.keySet());
        nested.forEach((name, line) -> {
            CommandSpec command = line.getCommandSpec();
            lines.add("complete -c %s -n %s -a %s -d %s"
                    .formatted(
                            root.name(),
                            quoted(of == root ? here : above + "; and " + none),
                            name,
                            quoted(told(command.usageMessage().description()))));
            String seen = (above.isEmpty() ? "" : above + "; and ") + "__fish_seen_subcommand_from " + name;
            options(command, seen);
            if (command.positionalParameters().stream()
                    .anyMatch(parameter -> isFile(parameter.type(), parameter.paramLabel()))) {
                lines.add("complete -c %s -n %s -F".formatted(root.name(), quoted(seen)));
            }
            if (!command.subcommands().isEmpty()) {
                subcommands(command, seen, seen);
            }
        });
    }

    private void options(CommandSpec of, String condition) {
        for (OptionSpec option : of.options()) {
            StringBuilder line = new StringBuilder("complete -c " + root.name() + " -n " + quoted(condition));
            for (String name : option.names()) {
                line.append(name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.substring(1));
            }
            if (option.arity().max() > 0) {
                line.append(isFile(option.type(), option.paramLabel()) ? " -r -F" : " -x");
                if (option.completionCandidates() != null) {
                    List<String> candidates = new ArrayList<>();
                    option.completionCandidates().forEach(candidates::add);
                    line.append(" -a ").append(quoted(String.join(" ", candidates)));
                }
            }
            lines.add(line.append(" -d ")
                    .append(quoted(told(option.description())))
                    .toString());
        }
    }

    private static boolean isFile(Class<?> type, String label) {
        return type == Path.class || type == File.class || label.equals("FILE") || label.equals("DIR");
    }

    /** The first sentence. */
    private static String told(String[] description) {
        String all = String.join(" ", description).replace("%n", " ").replace("%%", "%");
        int end = all.indexOf(". ");
        return (end < 0 ? all : all.substring(0, end + 1)).strip();
    }

    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
