package dev.tokentape.gateway.command;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which names the objects of a body may have, before anybody looks at what stands under them.
 *
 * @param members the shape of what stands under each name; of an array's elements, where an array stands there
 * @param free whether any name may stand here
 */
public record Shape(Map<String, Shape> members, boolean free) {

    /** Any JSON. */
    static final Shape FREE = new Shape(Map.of(), true);

    public Shape {
        members = new TreeMap<>(members);
    }

    /** An object with these names, whatever stands under them. */
    static Shape of(String... names) {
        Map<String, Shape> members = new LinkedHashMap<>();
        for (String name : names) {
            members.put(name, FREE);
        }
        return new Shape(members, false);
    }

    /** The same with one more name. */
    Shape with(String name, Shape shape) {
        Map<String, Shape> more = new LinkedHashMap<>(members);
        more.put(name, shape);
        return new Shape(more, false);
    }

    /** An object that may have the names of both. */
    public Shape or(Shape other) {
        Map<String, Shape> more = new LinkedHashMap<>(members);
        more.putAll(other.members);
        return new Shape(more, false);
    }

    /** The same with more names, whatever stands under them. */
    public Shape or(String... names) {
        return or(of(names));
    }

    boolean knows(String name) {
        return free || members.containsKey(name);
    }

    Shape under(String name) {
        return members.getOrDefault(name, FREE);
    }
}
