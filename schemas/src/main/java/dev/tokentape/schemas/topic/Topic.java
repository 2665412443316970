package dev.tokentape.schemas.topic;

import dev.tokentape.schemas.avro.ControlCommand;
import dev.tokentape.schemas.avro.GenerationJob;
import dev.tokentape.schemas.avro.GenerationRequest;
import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.avro.ResponseMetrics;
import dev.tokentape.schemas.avro.TokenEvent;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** The topics of Tokentape: what each carries and how long it is kept. The only place that names them. */
public enum Topic {
    /** Requests for answers; from gateways or any backend, to the processor. */
    REQUESTS("llm.requests", Duration.ofDays(1), Map.of(), GenerationRequest.getClassSchema()),

    /** Orders to stop; from gateways and the processor, to the processor and all producers. */
    CONTROL("llm.control", Duration.ofDays(1), Map.of(), ControlCommand.getClassSchema()),

    /** The journal: everything that can change what readers see, in the order that decides. For the processor only. */
    JOURNAL(
            "llm.tokens.raw",
            Duration.ofDays(1),
            Map.of("message.timestamp.type", "LogAppendTime"),
            TokenEvent.getClassSchema(),
            GenerationRequest.getClassSchema(),
            ControlCommand.getClassSchema()),

    /** Attempts to carry out; from the processor, to producers, as a share group. */
    JOBS("llm.jobs", Duration.ofDays(1), Map.of(), GenerationJob.getClassSchema()),

    /** The tape: released events; for gateways and analytics. */
    TOKENS("llm.tokens", Duration.ofDays(7), Map.of(), TokenEvent.getClassSchema()),

    /** Whole answers by conversation/response, partitioned by conversation; for analytics. */
    RESPONSES("llm.responses", null, Map.of("cleanup.policy", "compact"), Response.getClassSchema()),

    /** Figures of ended answers; for dashboards and analytics. */
    METRICS("llm.metrics", Duration.ofDays(30), Map.of(), ResponseMetrics.getClassSchema()),

    /** Moderation rule files by version, and which version is current; from operators, to the processor. */
    RULES("llm.rules", null, Map.of("cleanup.policy", "compact")),

    /** Records that nobody could understand, as they were; for people. Headers say where each came from and why. */
    DEAD_LETTERS("llm.dead-letters", Duration.ofDays(7), Map.of());

    private static final Map<String, Schema> SCHEMAS_BY_NAME = Stream.of(values())
            .flatMap(topic -> topic.schemas.stream())
            .distinct()
            .collect(Collectors.toUnmodifiableMap(Schema::getFullName, schema -> schema));

    private final String baseName;
    private final @Nullable Duration retention;
    private final Map<String, String> extraConfiguration;
    private final List<Schema> schemas;

    Topic(String baseName, @Nullable Duration retention, Map<String, String> extraConfiguration, Schema... schemas) {
        this.baseName = baseName;
        this.retention = retention;
        this.extraConfiguration = extraConfiguration;
        this.schemas = List.of(schemas);
    }

    /** The name without an installation's prefix. */
    public String baseName() {
        return baseName;
    }

    /** The record types it carries; empty for raw bytes. */
    public List<Schema> schemas() {
        return schemas;
    }

    /** The topic's settings, as Kafka names them. */
    public Map<String, String> configuration() {
        Map<String, String> all = new HashMap<>(extraConfiguration);
        all.put("max.message.bytes", String.valueOf(RecordLimits.MAX_RECORD_BYTES));
        if (retention != null) {
            all.put("retention.ms", String.valueOf(retention.toMillis()));
        }
        return Map.copyOf(all);
    }

    /** Our version of the schema with this full name; null if it is none of ours. */
    public static @Nullable Schema schemaNamed(String fullName) {
        return SCHEMAS_BY_NAME.get(fullName);
    }
}
