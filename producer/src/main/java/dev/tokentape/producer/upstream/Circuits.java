package dev.tokentape.producer.upstream;

import dev.tokentape.producer.policy.CircuitPolicy;
import java.util.LinkedHashMap;

/**
 * The circuits of this process, one for each provider and model. Models are named by clients, so their number is
 * bounded: beyond it the one unused for longest is forgotten, and begins closed. Thread-safe.
 */
final class Circuits {

    static final int MOST = 1_000;

    private record Key(String provider, String model) {}

    private final LinkedHashMap<Key, CircuitBreaker> circuits = new LinkedHashMap<>(16, 0.75f, true);

    synchronized CircuitBreaker of(String provider, String model, CircuitPolicy policy) {
        CircuitBreaker circuit = circuits.computeIfAbsent(new Key(provider, model), _ -> new CircuitBreaker(policy));
        if (circuits.size() > MOST) {
            circuits.pollFirstEntry();
        }
        return circuit;
    }

    synchronized int size() {
        return circuits.size();
    }
}
