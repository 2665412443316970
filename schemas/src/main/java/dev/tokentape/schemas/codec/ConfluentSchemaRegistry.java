package dev.tokentape.schemas.codec;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.avro.AvroSchema;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.avro.AvroSchemaProvider;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;

/** A Confluent-compatible schema registry over HTTP, through Confluent's own client, which caches both ways. */
final class ConfluentSchemaRegistry implements SchemaRegistry {

    private static final int CACHED_SCHEMAS = 1_000;
    private static final int NOT_FOUND = 404;
    private static final int ITS_OWN_FAULT = 500;

    /** In milliseconds; the client's own default for both is a minute. */
    private static final Map<String, Object> TIMEOUTS =
            Map.of("http.connect.timeout.ms", 3_000, "http.read.timeout.ms", 15_000);

    private final String url;
    private final CachedSchemaRegistryClient client;

    ConfluentSchemaRegistry(String url) {
        this.url = url;
        this.client = new CachedSchemaRegistryClient(
                List.of(url), CACHED_SCHEMAS, List.of(new AvroSchemaProvider()), TIMEOUTS);
    }

    /** One that refuses to say what it has answers too: what is wrong there shows when it is used. */
    @Override
    public boolean answers() {
        try {
            client.getAllSubjects();
            return true;
        } catch (RestClientException e) {
            return e.getStatus() < ITS_OWN_FAULT;
        } catch (IOException _) {
            return false;
        }
    }

    @Override
    public int register(String subject, Schema schema) {
        try {
            return client.register(subject, new AvroSchema(schema.toString()));
        } catch (IOException | RestClientException e) {
            throw new SchemaRegistryException(
                    "schema registry %s did not register %s under %s: %s"
                            .formatted(url, schema.getFullName(), subject, e.getMessage()),
                    e);
        }
    }

    @Override
    public Schema byId(int id) {
        try {
            return new Schema.Parser().parse(client.getSchemaById(id).canonicalString());
        } catch (RestClientException e) {
            String message = "schema registry %s did not give schema %d: %s".formatted(url, id, e.getMessage());
            throw e.getStatus() == NOT_FOUND
                    ? new SchemaRegistryException.UnknownSchema(message, e)
                    : new SchemaRegistryException(message, e);
        } catch (IOException e) {
            throw new SchemaRegistryException(
                    "schema registry %s did not give schema %d: %s".formatted(url, id, e.getMessage()), e);
        }
    }

    @Override
    public void requireFullCompatibility(String subject) {
        try {
            client.updateCompatibility(subject, "FULL_TRANSITIVE");
        } catch (IOException | RestClientException e) {
            throw new SchemaRegistryException(
                    "schema registry %s did not set the compatibility of %s: %s"
                            .formatted(url, subject, e.getMessage()),
                    e);
        }
    }
}
