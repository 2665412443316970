package dev.tokentape.processor.moderation.rules;

import dev.tokentape.processor.moderation.normalise.Readings;
import dev.tokentape.processor.moderation.pattern.PatternBudget;
import dev.tokentape.processor.moderation.pattern.PatternException;
import dev.tokentape.processor.moderation.pattern.PlainPattern;
import dev.tokentape.processor.moderation.validate.Validator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads rule files. A file is taken whole or refused whole, with everything that is wrong named. */
public final class RuleFile {

    /** What is held back at most where the file says nothing. Unit: characters. */
    public static final int USUAL_MAX_HOLD = 4096;

    private static final int MOST_RULES = 100_000;
    private static final int MOST_PATTERNS = 1_000;
    private static final int MOST_CHARACTERS_OF_A_PHRASE = 1000;
    private static final Set<Channel> USUAL_CHANNELS = Set.of(Channel.TEXT, Channel.TOOL_INPUT);

    private final List<RuleProblem> problems = new ArrayList<>();
    private final Map<String, Integer> lineOfId = new HashMap<>();
    private final List<Rule> rules = new ArrayList<>();
    private final List<String> off = new ArrayList<>();
    private final PatternBudget budget = new PatternBudget();
    private int patterns;

    private RuleFile() {}

    /** @throws RuleFileException if anything is wrong */
    public static RuleSet parse(String yaml) {
        return new RuleFile().read(yaml);
    }

    private RuleSet read(String text) {
        Yaml document = Yaml.read(text, problems);
        Yaml.Mapping mapping = document instanceof Yaml.Mapping found ? found : new Yaml.Mapping(Map.of(), 1);
        if (mapping != document) {
            problems.add(new RuleProblem(document.line(), "a rule file is a mapping with the field rules"));
        }
        Fields file = new Fields("", mapping, problems);
        Map<String, RuleSet.Passage> passages = new LinkedHashMap<>();
        passages.put("pass", RuleSet.Passage.PASS);
        passages.put("drop", RuleSet.Passage.DROP);
        int maxHold = file.number("max_hold", USUAL_MAX_HOLD, 16, 1_000_000);
        RuleSet.Passage thinking = file.oneOf("thinking", passages, RuleSet.Passage.PASS);
        RuleSet.Passage redactedThinking = file.oneOf("redacted_thinking", passages, RuleSet.Passage.PASS);
        boolean holdToolCalls = file.flag("hold_tool_calls", false);
        int maxToolCall = file.number("max_tool_call", 65_536, 16, 4_000_000);
        JudgePolicy judge = JudgeSection.read(file, problems);
        List<Yaml> items = file.items("rules");
        if (items.size() > MOST_RULES) {
            file.problem(file.lineOf("rules"), "more than " + MOST_RULES + " rules");
        }
        for (Yaml item : items) {
            if (item instanceof Yaml.Mapping rule) {
                rule(rule, maxHold);
            } else {
                problems.add(new RuleProblem(item.line(), "a rule is a mapping with an id"));
            }
        }
        file.refuseOthers();
        if (!problems.isEmpty()) {
            problems.sort(Comparator.comparingInt(RuleProblem::line));
            throw new RuleFileException(problems);
        }
        return new RuleSet(
                CanonicalForm.version(document),
                rules,
                off,
                maxHold,
                thinking,
                redactedThinking,
                holdToolCalls,
                maxToolCall,
                judge);
    }

    private void rule(Yaml.Mapping mapping, int setMaxHold) {
        String id = mapping.fields().get("id") instanceof Yaml.Scalar(String text, int _) ? text : "";
        Fields rule = new Fields(id.isEmpty() ? "rule without an id: " : "rule " + id + ": ", mapping, problems);
        rule.text("id", "");
        if (!id.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")) {
            rule.problem(rule.lineOf("id"), "an id has 1 to 64 letters, digits, dots, dashes or underscores");
        } else if (lineOfId.putIfAbsent(id, rule.line()) instanceof Integer line) {
            rule.problem(rule.lineOf("id"), "the id is that of the rule at line " + line);
        }
        String category = rule.text("category", "other");
        if (category.isBlank()) {
            rule.problem(rule.lineOf("category"), "the category is empty");
        }
        boolean enabled = rule.flag("enabled", true);
        boolean leet = rule.flag("leet", true);
        int firstTokens = rule.number("first_tokens", 0, 1, 100_000);
        int maxHold = rule.number("max_hold", 0, 16, 1_000_000);
        boolean listed = rule.has("literals") || rule.has("words");
        List<String> literals = phrases(rule, "literals");
        List<String> words = phrases(rule, "words");
        List<Rule.Pattern> patterns = patterns(rule, maxHold == 0 ? setMaxHold : maxHold);
        if (!listed && !rule.has("pattern") && !rule.has("patterns")) {
            rule.problem(rule.line(), "it has neither literals nor words nor a pattern");
        }
        Rule read = new Rule(
                id,
                category,
                rule.text("description", ""),
                literals,
                words,
                patterns,
                channels(rule),
                action(rule, id),
                leet,
                firstTokens,
                maxHold,
                rule.line());
        rule.refuseOthers();
        if (enabled) {
            rules.add(read);
        } else {
            off.add(id);
        }
    }

    private static List<String> phrases(Fields rule, String name) {
        List<String> phrases = rule.texts(name, List.of());
        for (String phrase : phrases) {
            int symbols = Readings.SKELETON.read(phrase).length;
            if (symbols == 0 || symbols > MOST_CHARACTERS_OF_A_PHRASE) {
                rule.problem(
                        rule.lineOf(name),
                        name + " must each have 1 to " + MOST_CHARACTERS_OF_A_PHRASE + " visible characters");
            } else if (name.equals("words") && !phrase.equals(phrase.strip())) {
                rule.problem(rule.lineOf(name), "a word begins or ends with a space");
            }
        }
        return phrases;
    }

    private List<Rule.Pattern> patterns(Fields rule, int maxHold) {
        List<String> expressions = new ArrayList<>(rule.texts("pattern", List.of()));
        expressions.addAll(rule.texts("patterns", List.of()));
        boolean ignoreCase = rule.flag("ignore_case", false);
        String validatorName = rule.has("validator") ? rule.text("validator", "") : null;
        Optional<Validator> validator = validatorName == null ? Optional.empty() : Validator.named(validatorName);
        if (validatorName != null && validator.isEmpty()) {
            rule.problem(
                    rule.lineOf("validator"),
                    "the validator " + validatorName + " is not known; known are "
                            + String.join(", ", Validator.names()));
        }
        if (validatorName != null && expressions.isEmpty()) {
            rule.problem(rule.lineOf("validator"), "a validator needs a pattern");
        }
        int maxMatch = rule.number("max_match", 0, 1, 1_000_000);
        List<Rule.Pattern> read = new ArrayList<>();
        for (String expression : expressions) {
            if (++patterns > MOST_PATTERNS) {
                if (patterns == MOST_PATTERNS + 1) {
                    rule.problem(
                            rule.line(),
                            "it has the first of more than " + MOST_PATTERNS
                                    + " patterns, as many as a file may have; literals and words may be many more");
                }
                continue;
            }
            Rule.Pattern pattern =
                    pattern(rule, expression, ignoreCase, maxMatch, validatorName, validator.orElse(null));
            if (pattern != null) {
                read.add(pattern);
                if (pattern.plain().longest() > maxHold) {
                    rule.problem(
                            rule.lineOf(rule.has("pattern") ? "pattern" : "patterns"),
                            "a match may have " + pattern.plain().longest() + " characters, more than max_hold ("
                                    + maxHold + "); shorten its repeats or raise max_hold");
                }
            }
        }
        return read;
    }

    private Rule.@Nullable Pattern pattern(
            Fields rule,
            String expression,
            boolean ignoreCase,
            int maxMatch,
            @Nullable String validatorName,
            @Nullable Validator validator) {
        try {
            PlainPattern plain = PlainPattern.compile(expression, ignoreCase, maxMatch, budget);
            return new Rule.Pattern(expression, plain, validatorName, validator);
        } catch (PatternException e) {
            rule.problem(
                    rule.lineOf(rule.has("pattern") ? "pattern" : "patterns"),
                    Objects.requireNonNullElse(e.getMessage(), ""));
            return null;
        }
    }

    private static Set<Channel> channels(Fields rule) {
        if (!rule.has("applies_to")) {
            return USUAL_CHANNELS;
        }
        Set<Channel> channels = EnumSet.noneOf(Channel.class);
        for (String word : rule.texts("applies_to", List.of())) {
            Optional<Channel> channel = Arrays.stream(Channel.values())
                    .filter(one -> one.word().equals(word))
                    .findFirst();
            channel.ifPresentOrElse(
                    channels::add,
                    () -> rule.problem(
                            rule.lineOf("applies_to"),
                            "applies_to names " + word + "; known are prompt, text, thinking, tool_input"));
        }
        if (channels.isEmpty()) {
            rule.problem(rule.lineOf("applies_to"), "applies_to is empty; to switch a rule off write enabled: false");
        }
        return channels;
    }

    private static Action action(Fields rule, String id) {
        String word = rule.text("action", "redact");
        Map.of("mask", "redact", "instruction", "regenerate", "max_attempts", "regenerate")
                .forEach((field, its) -> {
                    if (rule.has(field) && !its.equals(word)) {
                        rule.text(field, "");
                        rule.problem(rule.lineOf(field), field + " goes with action " + its + ", not with " + word);
                    }
                });
        Action action = switch (word) {
            case "redact" -> new Action.Redact(rule.text("mask", "[" + id + "]"));
            case "block" -> new Action.Block();
            case "flag" -> new Action.Flag();
            case "regenerate" ->
                new Action.Regenerate(rule.text("instruction", ""), rule.number("max_attempts", 1, 1, 2));
            default -> {
                rule.problem(
                        rule.lineOf("action"),
                        "the action " + word + " is not known; known are redact, block, flag, regenerate");
                yield new Action.Block();
            }
        };
        if (action instanceof Action.Regenerate(String instruction, int _) && instruction.isBlank()) {
            rule.problem(rule.line(), "regenerate needs an instruction, which says what to do better");
        }
        return action;
    }
}
