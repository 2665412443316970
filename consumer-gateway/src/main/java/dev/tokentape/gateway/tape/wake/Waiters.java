package dev.tokentape.gateway.tape.wake;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** The readers of one log, woken with one task for each loop they live on, however many they are. */
public final class Waiters {

    private final ConcurrentHashMap<Executor, Group> groups = new ConcurrentHashMap<>(2);
    private final AtomicInteger count = new AtomicInteger();

    /** Those of one loop. */
    static final class Group implements Runnable {
        private final Set<Waiter> members = ConcurrentHashMap.newKeySet(1);
        private final AtomicBoolean scheduled = new AtomicBoolean();

        @Override
        public void run() {
            // Cleared before anyone looks at the log again: what is appended from here on schedules anew.
            scheduled.set(false);
            members.forEach(Waiter::fire);
        }

        /** The loop did not take it. */
        void notScheduled() {
            scheduled.set(false);
        }
    }

    public void add(Waiter waiter) {
        if (groups.computeIfAbsent(waiter.loop(), _ -> new Group()).members.add(waiter)) {
            count.incrementAndGet();
        }
    }

    public void remove(Waiter waiter) {
        Group group = groups.get(waiter.loop());
        if (group != null && group.members.remove(waiter)) {
            count.decrementAndGet();
        }
    }

    public int size() {
        return count.get();
    }

    public boolean isEmpty() {
        return count.get() == 0;
    }

    public void wake() {
        WakeUps wakeUps = new WakeUps();
        wake(wakeUps);
        wakeUps.send();
    }

    /** The same once {@code wakeUps} are sent. */
    public void wake(WakeUps wakeUps) {
        if (count.get() == 0) {
            return;
        }
        groups.forEach((loop, group) -> {
            if (!group.members.isEmpty() && group.scheduled.compareAndSet(false, true)) {
                wakeUps.add(loop, group);
            }
        });
    }
}
