package dev.tokentape.schemas.codec;

import java.net.URI;
import java.nio.file.Path;
import org.apache.avro.Schema;

/** Gives every schema a number, for good, so that a record needs to carry only that. Thread-safe. */
public interface SchemaRegistry {

    /**
     * The id of a schema under a subject, registered now if it is new there.
     *
     * @throws SchemaRegistryException if the registry cannot be reached or refuses the schema as incompatible
     */
    int register(String subject, Schema schema);

    /**
     * The schema of an id.
     *
     * @throws SchemaRegistryException.UnknownSchema if the registry does not know the id
     * @throws SchemaRegistryException if the registry cannot be reached
     */
    Schema byId(int id);

    /**
     * Makes the registry refuse any schema under this subject that does not read all earlier ones, or that they do not
     * read (FULL_TRANSITIVE).
     *
     * @throws SchemaRegistryException if the registry cannot be reached or refuses
     */
    void requireFullCompatibility(String subject);

    /** Whether it can be asked now: one that is away, or not ready yet, may be later. */
    default boolean answers() {
        return true;
    }

    /**
     * Opens the registry at an address.
     *
     * @param url {@code http://…} or {@code https://…}: a Confluent-compatible registry; {@code file:PATH}: a local
     *     file, shared by the processes of one machine; {@code memory:}: this process, for tests
     */
    static SchemaRegistry open(String url) {
        if (url.startsWith("http://") || url.startsWith("https://")) {
            return new ConfluentSchemaRegistry(url);
        }
        if (url.startsWith("file:")) {
            return new LocalSchemaRegistry(Path.of(URI.create(url)));
        }
        if (url.equals("memory:")) {
            return new LocalSchemaRegistry(null);
        }
        throw new IllegalArgumentException(
                "schema registry address '" + url + "': expected http://…, https://…, file:/path or memory:");
    }
}
