package dev.tokentape.schemas.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokentape.schemas.topic.Topic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * FULL_TRANSITIVE evolution: every version ever released reads what every other wrote. Released versions lie under
 * {@code src/test/resources/released/<n>/}; a release adds a folder and never changes one.
 */
class SchemaEvolutionTest {

    private static final Path RELEASED = Path.of("src/test/resources/released");

    static Stream<Schema> current() {
        return Stream.of(Topic.values())
                .flatMap(topic -> topic.schemas().stream())
                .distinct();
    }

    @ParameterizedTest
    @MethodSource("current")
    void everyReleasedVersionAndTheCurrentOneReadEachOther(Schema current) throws IOException {
        List<Schema> released = released(current.getName());

        assertThat(released).as("a released version of " + current.getName()).isNotEmpty();
        for (Schema earlier : released) {
            assertThat(reads(current, earlier))
                    .as("the current version reads a released one")
                    .isTrue();
            assertThat(reads(earlier, current))
                    .as("a released version reads the current one")
                    .isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("current")
    void everyFieldIsDocumentedAndNoUnionIsAnythingButNullable(Schema schema) {
        assertThat(violations(schema, new ArrayList<>(), new ArrayList<>())).isEmpty();
    }

    @Test
    void theCheckFindsANewFieldWithoutDefault() {
        Schema before = new Schema.Parser().parse("{\"type\":\"record\",\"name\":\"A\",\"fields\":[]}");
        Schema after = new Schema.Parser()
                .parse("{\"type\":\"record\",\"name\":\"A\",\"fields\":[{\"name\":\"x\",\"type\":\"int\"}]}");

        assertThat(reads(before, after)).isTrue();
        assertThat(reads(after, before)).isFalse();
    }

    private static boolean reads(Schema reader, Schema writer) {
        return SchemaCompatibility.checkReaderWriterCompatibility(reader, writer)
                        .getType()
                == SchemaCompatibilityType.COMPATIBLE;
    }

    private static List<Schema> released(String name) throws IOException {
        List<Schema> found = new ArrayList<>();
        try (Stream<Path> versions = Files.list(RELEASED)) {
            for (Path version : versions.sorted().toList()) {
                Path file = version.resolve(name + ".avsc");
                if (Files.exists(file)) {
                    found.add(new Schema.Parser().parse(file.toFile()));
                }
            }
        }
        return found;
    }

    private static List<String> violations(Schema schema, List<String> found, List<Schema> seen) {
        switch (schema.getType()) {
            case RECORD -> {
                if (!seen.contains(schema)) {
                    seen.add(schema);
                    for (Schema.Field field : schema.getFields()) {
                        if (field.doc() == null || field.doc().isBlank()) {
                            found.add(schema.getName() + "." + field.name() + " has no doc");
                        }
                        violations(field.schema(), found, seen);
                    }
                }
            }
            case ARRAY -> violations(schema.getElementType(), found, seen);
            case UNION -> {
                if (schema.getTypes().size() != 2
                        || schema.getTypes().getFirst().getType() != Schema.Type.NULL) {
                    found.add("union " + schema);
                }
                schema.getTypes().forEach(type -> violations(type, found, seen));
            }
            default -> {
                if (schema.getType() == Schema.Type.ENUM && schema.getEnumDefault() == null) {
                    boolean closed = schema.getName().equals("LostPolicy");
                    if (!closed) {
                        found.add("enum " + schema.getName() + " has no default");
                    }
                }
            }
        }
        return found;
    }
}
