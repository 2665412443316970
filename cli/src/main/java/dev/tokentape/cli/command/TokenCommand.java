package dev.tokentape.cli.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokentape.cli.console.CommandFailure;
import dev.tokentape.cli.console.ExitCode;
import dev.tokentape.cli.console.Terminal;
import dev.tokentape.gateway.auth.NewToken;
import dev.tokentape.gateway.auth.Scope;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** Makes a token for a gateway. */
@Command(
        name = "token",
        description = "Make a token for a gateway that has the same secret, and print it.",
        footer = {
            "%nThe secret is read from the environment, 32 bytes or more, such as `openssl rand -base64 "
                    + "48` makes. Where an issuer makes your tokens (gateway.auth.jwks-url) this command is of no "
                    + "use.",
            "%nExample: export TOKENTAPE_TOKEN=$(./tokentape token ann --conversation 'ann-*' --lifetime 8h)"
        })
public final class TokenCommand implements Callable<Integer> {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Terminal terminal;

    @Parameters(index = "0", paramLabel = "SUBJECT", description = "Who it is for: a user's or a service's name.")
    private String subject = "";

    @Option(
            names = "--conversation",
            paramLabel = "PATTERN",
            required = true,
            split = ",",
            description = "Conversations that it is for, * standing for any characters. May be given several times.")
    private List<String> conversations = new ArrayList<>();

    @Option(
            names = "--scope",
            paramLabel = "WORD",
            split = "[, ]",
            converter = ScopeConverter.class,
            description = "What it allows: read, ask, cancel, delete, thinking. Default: read,ask,cancel.")
    private Set<Scope> scopes = EnumSet.of(Scope.READ, Scope.ASK, Scope.CANCEL);

    @Option(
            names = "--lifetime",
            paramLabel = "TIME",
            converter = TimeConverter.class,
            description = "How long it is good, such as 15m, 8h or 30d. Default: 1h.")
    private Duration lifetime = Duration.ofHours(1);

    @Option(names = "--issuer", paramLabel = "NAME", description = "Where the gateway has gateway.auth.issuer: that.")
    private @Nullable String issuer;

    @Option(names = "--audience", paramLabel = "NAME", description = "Where it has gateway.auth.audience: that.")
    private @Nullable String audience;

    @Option(
            names = "--secret-variable",
            paramLabel = "NAME",
            description = "Environment variable with the secret. Default: " + NewToken.SECRET_VARIABLE + ".")
    private String secretVariable = NewToken.SECRET_VARIABLE;

    @Option(names = "--json", description = "Print the token with what is in it, as one JSON object.")
    private boolean json;

    public TokenCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        NewToken token = new NewToken(
                subject,
                scopes,
                conversations,
                Instant.now().plus(lifetime).truncatedTo(ChronoUnit.SECONDS),
                issuer,
                audience);
        String signed = signed(token);
        terminal.line(json ? told(token, signed) : signed);
        return ExitCode.OK.number();
    }

    private String signed(NewToken token) {
        String secret = System.getenv().getOrDefault(secretVariable, "").strip();
        if (secret.isEmpty()) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    ("%s is not set: it must hold the secret that the gateway has, such as `openssl rand "
                                    + "-base64 48` makes")
                            .formatted(secretVariable));
        }
        try {
            return token.signed(secret.getBytes(UTF_8));
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.USAGE, secretVariable + ": " + e.getMessage());
        }
    }

    private static String told(NewToken token, String signed) {
        ObjectNode told = JSON.createObjectNode()
                .put("token", signed)
                .put("sub", token.subject())
                .put("scope", token.scope())
                .put("expires_at", token.expiresAt().toString());
        token.conversations().forEach(told.putArray("conversations")::add);
        return told.toString();
    }

    static final class ScopeConverter implements ITypeConverter<Scope> {
        @Override
        public Scope convert(String word) {
            for (Scope scope : Scope.values()) {
                if (scope.word().equals(word.strip().toLowerCase(Locale.ROOT))) {
                    return scope;
                }
            }
            throw new TypeConversionException("expected read, ask, cancel, delete or thinking, not '" + word + "'");
        }
    }

    static final class TimeConverter implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String time) {
            Duration duration = dev.tokentape.schemas.config.Settings.time(time);
            if (duration.isZero() || duration.isNegative()) {
                throw new TypeConversionException("expected a time above zero, not '" + time + "'");
            }
            return duration;
        }
    }
}
