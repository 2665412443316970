package dev.tokentape.processor.moderation;

import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * What the rules that come with Tokentape must find, by mask, and what they must not. None of the keys was ever one.
 */
public final class PlantedByDefaultRules {

    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

    private final Random random = new Random(7);
    private final Map<String, List<String>> byMask = new LinkedHashMap<>();

    private PlantedByDefaultRules() {}

    public static Map<String, List<String>> personal() {
        Map<String, List<String>> all = new LinkedHashMap<>();
        all.put(
                "[card number]",
                List.of(
                        "4111111111111111",
                        "4111 1111 1111 1111",
                        "5555-5555-5555-4444",
                        "378282246310005",
                        "3714 496353 98431",
                        "6011000990139424",
                        "30569309025904",
                        "3530 1113 3330 0000",
                        "4222222222222",
                        "6304000000000000000"));
        all.put(
                "[account number]",
                List.of(
                        "GB82 WEST 1234 5698 7654 32",
                        "DE89370400440532013000",
                        "FR1420041010050500013M02606",
                        "NL91 ABNA 0417 1643 00",
                        "NO9386011117947",
                        "MT84MALT011000012345MTLCAST001S",
                        "be68 5390 0754 7034"));
        all.put(
                "[phone number]",
                List.of(
                        "+49 30 901820",
                        "+49 (0)30 901820",
                        "+44 20 7946 0958",
                        "+1 212-736-5000",
                        "+33 1 42 68 53 00",
                        "+81-3-3224-9999",
                        "+91 98765 43210",
                        "(212) 736-5000",
                        "212-736-5000",
                        "212.736.5000"));
        all.put(
                "[e-mail address]",
                List.of("ann@example.org", "ann.b+list@mail.example.co.uk", "A_N-N%1@x-y.example.museum"));
        all.put(
                "[address]",
                List.of("192.168.0.17", "8.8.8.8", "2001:db8:85a3:0:0:8a2e:370:7334", "fe80:0:0:0:202:b3ff:fe1e:8329"));
        return all;
    }

    public static Map<String, List<String>> keys() {
        PlantedByDefaultRules keys = new PlantedByDefaultRules();
        keys.add("[API key]", "sk-ant-" + "api03-", 95, "");
        keys.add("[API key]", "sk-" + "proj-", 48, "");
        keys.add("[API key]", "sk-" + "svcacct-", 120, "");
        keys.add("[API key]", "sk-", 48, "");
        keys.add("[API key]", "sk-" + "or-v1-", 64, "");
        keys.add("[API key]", "hf_", 34, "");
        keys.add("[API key]", "npm_", 36, "");
        keys.add("[API key]", "pypi-" + "AgEIcHlwaS5vcmc", 120, "");
        keys.add("[API key]", "SG.", 22, "." + keys.word(43));
        keys.add("[API key]", "gsk_", 52, "");
        keys.add("[API key]", "xai-", 80, "");
        keys.add("[API key]", "pplx-", 48, "");
        keys.add("[API key]", "dop_v1_" + keys.hex(64), 0, "");
        keys.byMask.put(
                "[AWS key]",
                List.of(
                        "AKIA" + "IOSFODNN7EXAMPLE",
                        "ASIA" + "Y34FZKBOKMUTVV7A",
                        "aws_secret_access_key = " + keys.word(40),
                        "AWS_SECRET_ACCESS_KEY=\"" + keys.word(40),
                        "awsSecretKey: '" + keys.word(40)));
        keys.add("[Google key]", "AIza" + "Sy", 33, "");
        keys.add("[Google key]", "GOCSPX-", 28, "");
        keys.add("[Google key]", "ya29.", 100, "");
        for (String kind : List.of("p", "o", "u", "s", "r")) {
            keys.add("[GitHub token]", "gh" + kind + "_", 36, "");
        }
        keys.add("[GitHub token]", "github_pat_", 82, "");
        keys.add("[GitLab token]", "glpat-", 20, "");
        keys.add("[Slack token]", "xoxb-" + "123456789012-", 24, "");
        keys.add("[Slack token]", "xoxp-" + "123456789012-", 32, "");
        keys.add("[Slack token]", "hooks.slack.com/services/T" + "0AB12CD34/B" + "0AB12CD34/", 24, "");
        keys.add("[Stripe key]", "sk_" + "live_", 24, "");
        keys.add("[Stripe key]", "rk_" + "test_", 99, "");
        keys.add("[Stripe key]", "whsec_", 32, "");
        return keys.byMask;
    }

    /** Keys as tools write them: by the JDK where it can, else built by hand with noise inside. */
    public static List<String> privateKeys() throws NoSuchAlgorithmException {
        PlantedByDefaultRules noise = new PlantedByDefaultRules();
        List<String> all = new ArrayList<>();
        all.add(pem("", "\n", jdkKey("RSA", 2048)));
        all.add(pem("", "\r\n", jdkKey("EC", 256)));
        all.add(pem("", "\n", jdkKey("Ed25519", 255)));
        all.add(pem("RSA ", "\n", jdkKey("RSA", 4096)));
        all.add(pem("EC ", "\n", noise.bytes(121)));
        all.add(pem("DSA ", "\n", noise.bytes(447)));
        all.add(pem("OPENSSH ", "\n", noise.bytes(1_800)));
        all.add(pem("ENCRYPTED ", "\n", noise.bytes(1_300)));
        all.add(pem("RSA ", "\\n", noise.bytes(1_190)));
        all.add(pem("", " ", noise.bytes(1_218)));
        all.add(pem("RSA ", "\n", noise.bytes(9_300)));
        all.add(pem("RSA ", "\n", noise.bytes(1_190))
                .replaceFirst(
                        "-----\n",
                        "-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,2F3A0B3C4D5E6F708192A3B4C5D6E7F8\n\n"));
        all.add(("-----BEGIN PGP PRIVATE" + " KEY BLOCK-----\nVersion: GnuPG v2\nComment: a test\n\n")
                + lines(noise.bytes(2_000), "\n", 64)
                + "=aB1c\n-----END PGP PRIVATE KEY BLOCK-----");
        return all;
    }

    static List<String> harmless() {
        return List.of(
                "Order 4111111111111112 was shipped on 2026-03-01 at 12:30:45 from dock 17.",
                "A UUID, 123e4567-e89b-12d3-a456-426614174000, and a commit, 7516e5f, are no numbers of cards.",
                "GB82 TEST 1234 5698 7654 33 has the wrong check digits; so has DE89370400440532013001.",
                "Version 10.2.300.4000 and 1.2.3 are no addresses, nor is 999.1.1.1, std::vector::size or 12:30:45.",
                "Write to user@localhost, or mention @ann; a@b is nothing.",
                "Call 555-1234 or extension 20; +1 2 3 is a sum, and so is 200-100-1000.",
                "scikit-learn is called sk-learn by some; sk-ant is short for something else, ghp_ begins a token.",
                "AKIA begins the id of a key; AKIAIOSF is too short for one. AIza too.",
                "Prime numbers: 2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73.",
                "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----",
                "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUQ2hlY2sgbWUgb3V0\n-----END CERTIFICATE-----",
                "int[] powers = {1000000, 10000000, 100000000}; // 4000000000000 is too large");
    }

    private void add(String mask, String prefix, int length, String suffix) {
        byMask.computeIfAbsent(mask, _ -> new ArrayList<>()).add(prefix + word(length) + suffix);
    }

    private String word(int length) {
        StringBuilder word = new StringBuilder();
        while (word.length() < length) {
            word.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return word.toString();
    }

    private String hex(int length) {
        StringBuilder word = new StringBuilder();
        while (word.length() < length) {
            word.append(Character.forDigit(random.nextInt(16), 16));
        }
        return word.toString();
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] jdkKey(String algorithm, int size) throws NoSuchAlgorithmException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        generator.initialize(size);
        return generator.generateKeyPair().getPrivate().getEncoded();
    }

    private static String pem(String kind, String lineEnd, byte[] der) {
        return "-----BEGIN " + kind + "PRIVATE" + " KEY-----" + lineEnd
                + lines(der, lineEnd, kind.equals("OPENSSH ") ? 70 : 64) + "-----END " + kind + "PRIVATE KEY-----";
    }

    private static String lines(byte[] bytes, String lineEnd, int width) {
        String base64 = Base64.getEncoder().encodeToString(bytes);
        StringBuilder lines = new StringBuilder();
        for (int at = 0; at < base64.length(); at += width) {
            lines.append(base64, at, Math.min(base64.length(), at + width)).append(lineEnd);
        }
        return lines.toString();
    }
}
