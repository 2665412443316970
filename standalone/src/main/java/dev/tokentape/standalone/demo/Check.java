package dev.tokentape.standalone.demo;

import dev.tokentape.cli.client.EventFrame;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Whether every subscriber read the whole answer, each event once, in order, and the same text. */
final class Check {

    private Check() {}

    /**
     * Looks for what was lost, repeated or changed.
     *
     * @param readers the answer's frames, by subscriber
     * @param kept the answer's text as the gateway keeps it
     * @return one sentence for each problem; empty if all is well
     */
    static List<String> problems(Map<String, List<EventFrame>> readers, String kept) {
        List<String> problems = new ArrayList<>();
        readers.forEach((name, frames) -> {
            sequence(name, frames, problems);
            end(name, frames, problems);
            if (!Reading.textOf(frames).equals(kept)) {
                problems.add("%s holds other text than the gateway keeps (%d characters, kept are %d)"
                        .formatted(name, Reading.textOf(frames).length(), kept.length()));
            }
        });
        if (readers.values().stream().map(Reading::textOf).distinct().count() > 1) {
            problems.add("the subscribers hold different texts");
        }
        return problems;
    }

    private static void sequence(String name, List<EventFrame> frames, List<String> problems) {
        Set<Long> seen = new HashSet<>();
        Set<String> ids = new HashSet<>();
        long expected = 0;
        for (EventFrame frame : frames) {
            if (frame.id() != null && !ids.add(frame.id())) {
                problems.add("%s got the event with id %s twice".formatted(name, frame.id()));
            }
            if (frame.sequence() < 0) {
                if (frame.type().equals("gap")) {
                    problems.add(name + " was told of a gap");
                }
                continue;
            }
            if (!seen.add(frame.sequence())) {
                problems.add("%s got event %d twice".formatted(name, frame.sequence()));
            } else if (frame.sequence() > expected) {
                problems.add("%s lost events %d to %d".formatted(name, expected, frame.sequence() - 1));
                expected = frame.sequence() + 1;
            } else if (frame.sequence() < expected) {
                problems.add("%s got event %d late".formatted(name, frame.sequence()));
            } else {
                expected++;
            }
        }
        if (seen.isEmpty()) {
            problems.add(name + " got nothing");
        }
    }

    private static void end(String name, List<EventFrame> frames, List<String> problems) {
        List<EventFrame> ends = frames.stream().filter(EventFrame::terminal).toList();
        if (ends.size() != 1) {
            problems.add("%s saw %d ends of the answer, not one".formatted(name, ends.size()));
        } else if (!ends.getFirst().type().equals("message_stop")) {
            problems.add("%s saw the answer end with %s"
                    .formatted(name, ends.getFirst().type()));
        }
    }
}
