package dev.tokentape.producer.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.producer.provider.Talks.Step;
import dev.tokentape.producer.provider.api.UnsupportedRequestException;
import dev.tokentape.producer.provider.http.Providers;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.simulator.Simulator;
import dev.tokentape.simulator.settings.SimulatorConfig;
import dev.tokentape.simulator.strict.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * No body that the producer makes of any conversation is refused by its vendor: conversations drawn by seed, whose
 * every turn goes to another provider, held against the simulator's rules. {@code -Dtokentape.seed=N} draws others,
 * {@code -Dtokentape.conversations=N} more.
 */
class EveryConversationIsTakenTest {

    private static final long SEED = Long.getLong("tokentape.seed", 20_261_130);
    private static final int CONVERSATIONS =
            Integer.getInteger("tokentape.conversations", Boolean.getBoolean("tokentape.thorough") ? 10_000 : 1_000);
    private static final int OVER_HTTP = 300;
    private static final int MOST_TOLD = 20;

    /** Fields of what some providers refuse, and the producer before them. */
    private static final Set<String> BOLD = Set.of("messages", "tool_choice");

    @Test
    void noBodyOfAnyConversationIsRefused() {
        // Given
        var broken = new TreeMap<String, Long>();
        var pairs = new TreeSet<String>();
        int bodies = 0;

        // When
        for (int number = 0; number < CONVERSATIONS; number++) {
            for (Step step : Talks.of(SEED + number)) {
                bodies++;
                step.job().getHistory().forEach(message -> {
                    if (message.getProvider() != null) {
                        pairs.add(message.getProvider() + " > " + step.asked());
                    }
                });
                String complaint = complaint(step);
                if (complaint != null) {
                    broken.putIfAbsent(step.asked() + " " + complaint, SEED + number);
                }
            }
        }

        // Then
        System.out.printf(
                "seed %d: %d conversations, %d bodies, %d pairs of providers%n",
                SEED, CONVERSATIONS, bodies, pairs.size());
        assertThat(broken.entrySet().stream()
                        .limit(MOST_TOLD)
                        .map(entry -> "seed " + entry.getValue() + ": " + entry.getKey())
                        .toList())
                .isEmpty();
        assertThat(pairs).hasSize(StrictProvider.ALL.size() * StrictProvider.ALL.size());
    }

    /** What is wrong with a body, if one can be made; what some provider cannot do must be asked for boldly. */
    private static @Nullable String complaint(Step step) {
        try {
            Optional<Violation> refused = step.asked().refuses(step.job());
            return refused.map(Violation::toString).orElse(null);
        } catch (UnsupportedRequestException unsupported) {
            return step.bold() && BOLD.contains(unsupported.field()) ? null : unsupported.toString();
        }
    }

    @Test
    void noConversationIsRefusedOverTheWire() throws Exception {
        // Given
        var statuses = new TreeSet<Integer>();
        var refused = new ArrayList<String>();
        SimulatorConfig config = SimulatorConfig.defaults()
                .withTimeToFirstToken(0)
                .withTokensPerSecond(0)
                .withTokens(1, 3);
        try (Simulator simulator = Simulator.start(config);
                Providers providers = Providers.from(StrictProvider.settings(simulator.baseUrl()))) {
            // When
            for (int number = 0; number < OVER_HTTP; number++) {
                List<Step> steps = Talks.of(SEED + number).stream()
                        .filter(each -> !each.bold())
                        .toList();
                Step step = steps.get(number % steps.size());
                var events = new ArrayList<TokenEvent>();
                Provider provider = providers.named(step.asked().name()).orElseThrow();
                provider.prepare(step.job(), "run", events::add, new Cancellation())
                        .run();
                if (events.getLast() instanceof TokenEvent.Failed failed) {
                    refused.add("conversation " + (SEED + number) + ", " + step.asked() + ": " + failed.error());
                }
            }
            simulator.calls().forEach(call -> statuses.add(call.status()));
        }

        // Then
        assertThat(refused).isEmpty();
        assertThat(statuses).isEqualTo(Set.of(200));
    }

    @Test
    void aConversationIsAFunctionOfItsSeed() {
        // When
        List<Step> once = Talks.of(SEED);
        List<Step> again = Talks.of(SEED);

        // Then
        assertThat(once).isEqualTo(again);
    }
}
