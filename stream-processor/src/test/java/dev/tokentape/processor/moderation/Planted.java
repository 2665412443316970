package dev.tokentape.processor.moderation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Things that must never be shown, each written in many ways. None of the keys was ever one. */
public final class Planted {

    /** A rule set with every kind of rule; {@code ACTION} and {@code CHANNELS} are to be replaced. */
    private static final String RULES = """
            rules:
              - {id: word, words: [Blofeld, "operation moonraker", вор], action: ACTION, mask: "[word]", applies_to: \
            CHANNELS}
              - {id: literal, literals: [goldfinger, "x-ray/7"], action: ACTION, mask: "[literal]", applies_to: \
            CHANNELS}
              - {id: card, pattern: '\\b[2-6](?:[ -]?\\d){12,18}\\b', validator: luhn, action: ACTION, mask: "[card]", \
            applies_to: CHANNELS}
              - {id: iban, pattern: '\\b[A-Z]{2}\\d{2}(?: ?[A-Z0-9]){11,30}\\b', ignore_case: true, validator: iban, \
            action: ACTION, mask: "[iban]", applies_to: CHANNELS}
              - {id: phone, pattern: '\\+\\d(?:[ ().\\/-]{0,2}\\d){6,14}\\b', validator: phone, action: ACTION, mask: \
            "[phone]", applies_to: CHANNELS}
              - {id: email, pattern: '\\b[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\\.){1,4}[A-Za-z]{2,24}\\b', \
            action: ACTION, mask: "[email]", applies_to: CHANNELS}
              - {id: key, pattern: 'sk-ant-[A-Za-z0-9_-]{20,200}', action: ACTION, mask: "[key]", applies_to: CHANNELS}
              - {id: aws, pattern: '\\b(?:AKIA|ASIA)[A-Z2-7]{16}\\b', action: ACTION, mask: "[aws]", applies_to: \
            CHANNELS}
              - {id: pem, pattern: '-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY-----[A-Za-z0-9+/=\\s-]{0,400}', \
            action: ACTION, mask: "[pem]", applies_to: CHANNELS}
            """;

    private Planted() {}

    public static String rules(String action, String channels) {
        String actionFields = action.equals("regenerate") ? "regenerate, instruction: be discreet" : action;
        String rules = action.equals("redact") ? RULES : RULES.replaceAll(", mask: \"[^\"]*\"", "");
        return rules.replace("ACTION", actionFields).replace("CHANNELS", "[" + channels + "]");
    }

    /** What is planted, by the mask that must stand in its place. */
    public static Map<String, List<String>> secrets() {
        Map<String, List<String>> all = new TreeMap<>();
        all.put(
                "[word]",
                List.of(
                        "Blofeld",
                        "BLOFELD",
                        "Blo\u200Bfeld",
                        "B\u00ADl\u00ADofeld",
                        "Bl0f3ld",
                        "B|ofeld",
                        "Ｂｌｏｆｅｌｄ",
                        "Bl\u0336o\u0336feld",
                        "Blоfеld",
                        "Βlofeld",
                        "𝐁𝐥𝐨𝐟𝐞𝐥𝐝",
                        "B\u2060l\uFE0Fofeld",
                        "Blófèld",
                        "operation moonraker",
                        "Operation\u00A0M00nraker",
                        "вор",
                        "ВОР",
                        "Вор"));
        all.put(
                "[literal]",
                List.of(
                        "goldfinger",
                        "GoldFinger",
                        "g0ldf1nger",
                        "gold\u200Dfinger",
                        "goｌdfinger",
                        "golԁfinger",
                        "x-ray/7"));
        all.put(
                "[card]",
                List.of(
                        "4111111111111111",
                        "4111 1111 1111 1111",
                        "5500-0000-0000-0004",
                        "41\u200B11111111111111",
                        "４１１１１１１１１１１１１１１１",
                        "٤١١١١١١١١١١١١١١١",
                        "4111–1111–1111–1111",
                        "378282246310005"));
        all.put(
                "[iban]",
                List.of("GB82 WEST 1234 5698 7654 32", "DE89370400440532013000", "de89\u00AD370400440532013000"));
        all.put("[phone]", List.of("+49 30 901820", "+1 (212) 555-0123", "+44\u00A020\u00A07946\u00A00958"));
        all.put("[email]", List.of("ernst.stavro@spectre.example", "e+b@mail.spectre.co", "ernst＠spectre.example"));
        all.put(
                "[key]",
                List.of("sk-ant-" + "api03-Ab1_Cd2-Ef3Gh4Ij5", "sk\u2010ant\u2011" + "api03\u200B-Ab1_Cd2-Ef3Gh4Ij5"));
        all.put("[aws]", List.of("AKIA" + "IOSFODNN7EXAMPLE", "АKIA" + "IOSFODNN7EXAMPLE"));
        all.put(
                "[pem]",
                List.of("-----BEGIN RSA PRIVATE" + " KEY-----\nMIIEow==\nAb+/9\n-----END RSA PRIVATE KEY-----"));
        return all;
    }

    /** Texts with one or several secrets, and what must be shown of them where rules redact. */
    public static Map<String, String> texts() {
        Map<String, String> shownByText = new TreeMap<>();
        List<String> some = new ArrayList<>();
        List<String> someShown = new ArrayList<>();
        secrets().forEach((mask, secrets) -> {
            for (String secret : secrets) {
                shownByText.put("So: " + secret + "! Ωmega 😀 said", "So: " + mask + "! Ωmega 😀 said");
            }
            some.add(secrets.getFirst());
            someShown.add(mask);
        });
        shownByText.put(String.join("; ", some), String.join("; ", someShown));
        shownByText.put("goldfingergoldfinger", "[literal][literal]");
        shownByText.put("4111111111111111", "[card]");
        shownByText.put(
                "nothing to be seen, 4111111111111112 is no card, Blofelds is no Blofe",
                "nothing to be seen, 4111111111111112 is no card, Blofelds is no Blofe");
        return shownByText;
    }
}
