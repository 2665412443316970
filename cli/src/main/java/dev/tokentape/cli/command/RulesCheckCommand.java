package dev.tokentape.cli.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.cli.console.ExitCode;
import dev.tokentape.cli.console.Terminal;
import dev.tokentape.processor.moderation.rules.Channel;
import dev.tokentape.processor.moderation.rules.Rule;
import dev.tokentape.processor.moderation.rules.RuleFile;
import dev.tokentape.processor.moderation.rules.RuleFileException;
import dev.tokentape.processor.moderation.rules.RuleProblem;
import dev.tokentape.processor.moderation.rules.RuleSet;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lints a rule file and explains what it does. */
@Command(
        name = "check",
        description =
                "Check a rule file and say what each of its rules does. Ends with 1 if the file would be refused.")
final class RulesCheckCommand implements Callable<Integer> {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Terminal terminal;

    @Parameters(paramLabel = "FILE", description = "The rule file.")
    private Path file = Path.of("");

    @Option(names = "--json", description = "One JSON object instead of lines for people.")
    private boolean json;

    RulesCheckCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        String yaml = RuleSource.text(file);
        try {
            RuleSet rules = RuleFile.parse(yaml);
            if (json) {
                terminal.json(json(rules));
            } else {
                explain(rules);
            }
            return ExitCode.OK.number();
        } catch (RuleFileException e) {
            refuse(e.problems());
            return ExitCode.FAILED.number();
        }
    }

    private void refuse(List<RuleProblem> problems) {
        if (json) {
            ObjectNode report = JSON.createObjectNode().put("ok", false);
            ArrayNode all = report.putArray("problems");
            problems.forEach(
                    problem -> all.addObject().put("line", problem.line()).put("message", problem.message()));
            terminal.json(report);
        } else {
            problems.forEach(problem -> terminal.line(file + ":" + problem.line() + ": " + problem.message()));
        }
    }

    private void explain(RuleSet set) {
        for (Rule rule : set.rules()) {
            terminal.line("%s (%s, line %d)".formatted(rule.id(), rule.category(), rule.line()));
            if (!rule.description().isBlank()) {
                terminal.line("  " + rule.description());
            }
            terminal.line("  %s in %s%s"
                    .formatted(
                            rule.action().word(),
                            channels(rule),
                            rule.firstTokens() == 0 ? "" : ", within the first " + rule.firstTokens() + " tokens"));
            terminal.line("  looks for " + lookedFor(rule));
            terminal.line("  holds back at most %d characters".formatted(longest(rule)));
        }
        set.off().forEach(id -> terminal.line(id + " is off"));
        terminal.line("%d rules, version %s, thinking: %s, redacted thinking: %s, tool calls held whole: %s"
                .formatted(
                        set.rules().size(),
                        set.version(),
                        set.thinking().toString().toLowerCase(Locale.ROOT),
                        set.redactedThinking().toString().toLowerCase(Locale.ROOT),
                        set.holdToolCalls() ? "yes" : "no"));
    }

    private static String channels(Rule rule) {
        return rule.appliesTo().stream().sorted().map(Channel::word).collect(Collectors.joining(", "));
    }

    private static String lookedFor(Rule rule) {
        String validators = rule.patterns().stream()
                .filter(pattern -> pattern.validatorName() != null)
                .map(pattern -> " checked by " + pattern.validatorName())
                .distinct()
                .collect(Collectors.joining());
        return "%d literals, %d words, %d patterns%s"
                .formatted(
                        rule.literals().size(),
                        rule.words().size(),
                        rule.patterns().size(),
                        validators);
    }

    /** Visible characters; invisible ones between them come on top. */
    private static int longest(Rule rule) {
        int phrases = Stream.concat(rule.literals().stream(), rule.words().stream())
                .mapToInt(String::length)
                .max()
                .orElse(0);
        int patterns = rule.patterns().stream()
                .mapToInt(pattern -> pattern.plain().longest())
                .max()
                .orElse(0);
        return Math.max(phrases, patterns);
    }

    private static ObjectNode json(RuleSet set) {
        ObjectNode report = JSON.createObjectNode().put("ok", true).put("version", set.version());
        ArrayNode rules = report.putArray("rules");
        for (Rule rule : set.rules()) {
            ObjectNode one = rules.addObject()
                    .put("id", rule.id())
                    .put("category", rule.category())
                    .put("action", rule.action().word())
                    .put("literals", rule.literals().size())
                    .put("words", rule.words().size())
                    .put("patterns", rule.patterns().size())
                    .put("longest", longest(rule))
                    .put("line", rule.line());
            ArrayNode channels = one.putArray("applies_to");
            rule.appliesTo().stream().sorted().map(Channel::word).forEach(channels::add);
        }
        set.off().forEach(report.putArray("off")::add);
        report.putArray("problems");
        return report;
    }
}
