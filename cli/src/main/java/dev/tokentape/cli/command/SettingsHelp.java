package dev.tokentape.cli.command;

import dev.tokentape.cli.settings.Service;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.IHelpSectionRenderer;

/** The part of a command's help that lists its settings with their defaults, as its readers tell them. */
public final class SettingsHelp {

    private static final String SECTION = "settings";
    private static final String FOOTER = CommandLine.Model.UsageMessageSpec.SECTION_KEY_FOOTER_HEADING;

    private static final String PROVIDER = "provider.";

    /** Providers that have all of those settings between them. */
    private static final List<String> SHOWN = List.of("openai", "bedrock");

    private static final String HOME = System.getProperty("user.home", "");

    private SettingsHelp() {}

    /** Adds it before the footer. It is made only when help is asked for. */
    public static void addTo(CommandLine command, List<Service> readers) {
        IHelpSectionRenderer renderer = _ -> render(readers);
        command.getHelpSectionMap().put(SECTION, renderer);
        List<String> sections = new ArrayList<>(command.getHelpSectionKeys());
        sections.add(sections.indexOf(FOOTER), SECTION);
        command.setHelpSectionKeys(sections);
    }

    private static String render(List<Service> readers) {
        Map<String, String> defaults = new TreeMap<>();
        for (Service reader : readers) {
            defaults.putAll(reader.defaults(SHOWN));
            defaults.putAll(reader.defaults());
        }
        Map<String, String> shown = new TreeMap<>();
        defaults.forEach((key, value) -> {
            if (key.startsWith(PROVIDER)) {
                String suffix = key.substring(key.indexOf('.', PROVIDER.length()));
                boolean ofAll = suffix.endsWith("timeout") || suffix.endsWith("duration");
                shown.put(PROVIDER + "NAME" + suffix, ofAll ? value : "(the provider's)");
            } else {
                shown.put(key, value.isEmpty() ? "(not set)" : value.replace(HOME, "~"));
            }
        });
        StringBuilder text = new StringBuilder(
                "%nSettings and their defaults (docs/services.md says what they mean):%n".formatted());
        shown.forEach((key, value) -> text.append("  %s = %s%n".formatted(key, value)));
        return text.toString();
    }
}
