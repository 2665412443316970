package dev.tokentape.producer.testing;

import dev.tokentape.producer.policy.CallPolicy;
import dev.tokentape.producer.provider.Cancellation;
import dev.tokentape.producer.provider.EventSink;
import dev.tokentape.producer.provider.Provider;
import dev.tokentape.producer.provider.ProviderDirectory;
import dev.tokentape.producer.provider.UpstreamCall;
import dev.tokentape.schemas.avro.GenerationJob;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A provider whose calls follow a script; also a directory of only itself. Counts how many run at a time. */
public final class FakeProvider implements Provider, ProviderDirectory {

    public static final String NAME = "fake";

    private final String name;
    private final CallPolicy policy;
    private final FakeCall.Script script;
    private final BlockingQueue<FakeCall> waiting = new LinkedBlockingQueue<>();
    private final List<FakeCall> all = new ArrayList<>();
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger mostRunning = new AtomicInteger();
    private final AtomicBoolean closed = new AtomicBoolean();

    public FakeProvider(FakeCall.Script script) {
        this(NAME, CallPolicy.DEFAULT, script);
    }

    public FakeProvider(String name, CallPolicy policy, FakeCall.Script script) {
        this.name = name;
        this.policy = policy;
        this.script = script;
    }

    /** A directory of several. */
    public static ProviderDirectory directory(FakeProvider... providers) {
        return new ProviderDirectory() {
            @Override
            public Optional<Provider> named(String wanted) {
                return Stream.of(providers)
                        .filter(provider -> provider.name.equals(wanted))
                        .<Provider>map(provider -> provider)
                        .findFirst();
            }

            @Override
            public Collection<String> names() {
                return Stream.of(providers).map(FakeProvider::name).toList();
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public CallPolicy policy() {
        return policy;
    }

    @Override
    public String api() {
        return "fake-api";
    }

    @Override
    public UpstreamCall prepare(GenerationJob job, String runId, EventSink sink, Cancellation cancellation) {
        FakeCall call = new FakeCall(job, runId, sink, cancellation, this::play);
        synchronized (all) {
            all.add(call);
        }
        waiting.add(call);
        return call;
    }

    /** The next call prepared, in order; fails if there is none in half a minute. */
    public FakeCall nextCall() throws InterruptedException {
        FakeCall call = waiting.poll(30, TimeUnit.SECONDS);
        if (call == null) {
            throw new AssertionError("no call was made within 30 s");
        }
        return call;
    }

    public List<FakeCall> calls() {
        synchronized (all) {
            return List.copyOf(all);
        }
    }

    public int running() {
        return running.get();
    }

    public int mostRunning() {
        return mostRunning.get();
    }

    public boolean isClosed() {
        return closed.get();
    }

    @Override
    public Optional<Provider> named(String wanted) {
        return wanted.equals(name) ? Optional.of(this) : Optional.empty();
    }

    @Override
    public Collection<String> names() {
        return List.of(name);
    }

    @Override
    public void close() {
        closed.set(true);
    }

    private void play(FakeCall call) throws InterruptedException {
        int now = running.incrementAndGet();
        mostRunning.accumulateAndGet(now, Math::max);
        try {
            script.play(call);
        } finally {
            running.decrementAndGet();
        }
    }
}
