package dev.tokentape.gateway.tape.wake;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wake-ups of the readers of many logs, gathered so that each loop gets them as one task: handing a task to a loop that
 * sleeps is a system call, and one batch of records is for hundreds of logs. For one thread.
 */
public final class WakeUps {

    private static final Logger LOG = LoggerFactory.getLogger(WakeUps.class);

    private final Map<Executor, List<Waiters.Group>> byLoop = new HashMap<>(4);

    void add(Executor loop, Waiters.Group group) {
        byLoop.computeIfAbsent(loop, _ -> new ArrayList<>()).add(group);
    }

    /** Hands all that was added to its loops. */
    public void send() {
        byLoop.forEach(WakeUps::send);
        byLoop.clear();
    }

    private static void send(Executor loop, List<Waiters.Group> groups) {
        try {
            loop.execute(() -> groups.forEach(Waiters.Group::run));
        } catch (RejectedExecutionException e) {
            groups.forEach(Waiters.Group::notScheduled);
            LOG.debug("a loop takes no more work: it is closing", e);
        }
    }
}
