package dev.tokentape.cli.settings;

import dev.tokentape.cli.client.AccessToken;
import dev.tokentape.producer.provider.config.ProvidersConfig;
import dev.tokentape.schemas.config.Settings;
import dev.tokentape.schemas.config.Settings.Source;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * Finds given keys that are no setting of any service, typing errors mostly, before they are silently ignored.
 *
 * <p>One file and one environment may serve all services, so a key of another service is fine there; on the command
 * line it has no effect, which is said.
 */
public final class SettingCheck {

    /** Variables that are no settings. */
    private static final Set<String> OTHER_VARIABLES = Set.of(
            "TOKENTAPE_CONFIG",
            "TOKENTAPE_GATEWAY_URL",
            "TOKENTAPE_HOME",
            "TOKENTAPE_RECORDED_STREAMS",
            "TOKENTAPE_TEST_LOG",
            AccessToken.USUAL_VARIABLE);

    /** What Kubernetes tells every container of a service whose name begins with tokentape. */
    private static final Pattern OF_KUBERNETES = Pattern.compile(
            "TOKENTAPE_[A-Z0-9_]*(_SERVICE_HOST|_SERVICE_PORT(_[A-Z0-9_]+)?|_PORT_\\d+_(TCP|UDP)(_.*)?)");

    /** Settings that name the variable with a secret, and the name that it has by itself. */
    private static final Map<String, String> SECRETS_OF_THE_GATEWAY = Map.of(
            "gateway.auth.secret-variable", "TOKENTAPE_GATEWAY_AUTH_SECRET",
            "gateway.auth.ticket-secret-variable", "TOKENTAPE_GATEWAY_TICKET_SECRET");

    private static final Pattern SECRET = Pattern.compile("[A-Z][A-Z0-9_]*");
    private static final String KAFKA = "kafka.";
    private static final String PROVIDER = "provider.";

    private final Settings settings;
    private final Set<String> providers;
    private final Set<String> known = new TreeSet<>();

    private SettingCheck(Settings settings) {
        this.settings = settings;
        this.providers = providers(settings);
        for (Service service : Service.values()) {
            known.addAll(service.defaults(providers).keySet());
        }
        addEveryProviderSetting();
    }

    /**
     * Notes every unknown setting as a problem.
     *
     * @param readers who will read them
     * @param warnings hears of what was given on the command line and is read by none of them
     */
    public static void check(Settings settings, Collection<Service> readers, Consumer<String> warnings) {
        if (Stream.of(Source.values())
                .allMatch(source -> settings.givenFrom(source).isEmpty())) {
            return;
        }
        SettingCheck check = new SettingCheck(settings);
        check.commandLine(readers, warnings);
        check.file();
        check.environment();
    }

    private void commandLine(Collection<Service> readers, Consumer<String> warnings) {
        Set<String> read = readers.stream()
                .flatMap(service -> service.defaults(providers).keySet().stream())
                .collect(Collectors.toSet());
        for (String key : settings.givenFrom(Source.COMMAND_LINE)) {
            if (!SECRET.matcher(key).matches() && isKnown(key, "--set " + key)) {
                boolean used = read.contains(key)
                        || key.startsWith(KAFKA)
                        || (key.startsWith(PROVIDER) && readers.contains(Service.PRODUCER));
                if (!used) {
                    warnings.accept("--set " + key + " has no effect here: it is a setting of "
                            + String.join(", ", readersOf(key)));
                }
            }
        }
    }

    private void file() {
        for (String key : settings.givenFrom(Source.FILE)) {
            String where = key + " in the file of TOKENTAPE_CONFIG";
            if (SECRET.matcher(key).matches()) {
                settings.problem(where + " is not read: keys and passwords come from environment variables alone");
            } else {
                isKnown(key, where);
            }
        }
    }

    private boolean isSecretOfTheGateway(String variable) {
        return SECRETS_OF_THE_GATEWAY.entrySet().stream()
                .anyMatch(secret ->
                        settings.text(secret.getKey(), secret.getValue()).equals(variable));
    }

    private void environment() {
        Set<String> variables = known.stream().map(Settings::variableOf).collect(Collectors.toCollection(TreeSet::new));
        for (String variable : settings.givenFrom(Source.ENVIRONMENT)) {
            if (variables.contains(variable)
                    || OTHER_VARIABLES.contains(variable)
                    || isKeyVariable(variable)
                    || isSecretOfTheGateway(variable)
                    || OF_KUBERNETES.matcher(variable).matches()) {
                continue;
            }
            settings.problem(
                    variable.startsWith("TOKENTAPE_KAFKA_")
                            ? "the environment variable " + variable
                                    + " is not read: further settings of Kafka's clients are given by --set "
                                    + "kafka.NAME=VALUE or in the file of TOKENTAPE_CONFIG"
                            : "the environment variable " + variable + " is no setting" + meant(variable, variables));
        }
    }

    private boolean isKnown(String key, String where) {
        if (known.contains(key)) {
            return true;
        }
        Collection<String> candidates = known;
        if (key.startsWith(KAFKA)) {
            candidates = clientSettings();
            // Plug-ins of Kafka's clients have settings of their own, so only what looks like a slip is one.
            if (candidates.contains(key)
                    || Nearest.to(key, candidates)
                            .filter(near -> Nearest.distance(key, near) <= 2)
                            .isEmpty()) {
                return true;
            }
        }
        settings.problem(where + " is no setting" + meant(key, candidates));
        return false;
    }

    private static String meant(String given, Collection<String> candidates) {
        return Nearest.to(given, candidates)
                .map(near -> "; did you mean " + near + "?")
                .orElse("; docs/services.md lists them all");
    }

    private List<String> readersOf(String key) {
        List<String> readers = new ArrayList<>();
        for (Service service : Service.values()) {
            if (service.defaults(providers).containsKey(key)) {
                readers.add(service.command());
            }
        }
        return readers.isEmpty() ? List.of(Service.PRODUCER.command()) : readers;
    }

    /** The names of providers that may have settings: all that are known, and those of the user. */
    private static Set<String> providers(Settings settings) {
        Set<String> names = new LinkedHashSet<>(ProvidersConfig.known().keySet());
        names.add("simulator");
        String own = settings.givenValue("providers");
        if (own != null) {
            Stream.of(own.split(",", -1)).map(String::strip).forEach(names::add);
        }
        return names;
    }

    /** A setting of one provider is one of every other too. */
    private void addEveryProviderSetting() {
        Set<String> suffixes = known.stream()
                .filter(key -> key.startsWith(PROVIDER))
                .map(key -> key.substring(key.indexOf('.', PROVIDER.length())))
                .collect(Collectors.toSet());
        for (String name : providers) {
            suffixes.forEach(suffix -> known.add(PROVIDER + name + suffix));
        }
    }

    private boolean isKeyVariable(String variable) {
        return providers.stream()
                .map(name -> settings.givenValue(PROVIDER + name + ".key-variable"))
                .anyMatch(variable::equals);
    }

    private static Set<String> clientSettings() {
        return Stream.of(ProducerConfig.configNames(), ConsumerConfig.configNames(), AdminClientConfig.configNames())
                .flatMap(Set::stream)
                .map(KAFKA::concat)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
