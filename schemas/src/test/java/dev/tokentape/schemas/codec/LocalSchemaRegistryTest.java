package dev.tokentape.schemas.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokentape.schemas.avro.ControlCommand;
import dev.tokentape.schemas.avro.TokenEvent;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalSchemaRegistryTest {

    @TempDir
    Path directory;

    private SchemaRegistry open() {
        return SchemaRegistry.open(directory.resolve("schemas.json").toUri().toString());
    }

    @Test
    void idsOutliveTheProcess() {
        // Given
        int event = open().register("a", TokenEvent.getClassSchema());
        int command = open().register("b", ControlCommand.getClassSchema());

        // When
        SchemaRegistry later = open();

        // Then
        assertThat(later.byId(event)).isEqualTo(TokenEvent.getClassSchema());
        assertThat(later.byId(command)).isEqualTo(ControlCommand.getClassSchema());
        assertThat(later.register("c", TokenEvent.getClassSchema())).isEqualTo(event);
    }

    @Test
    void servicesOfOneProcessMayRegisterAtTheSameTime() throws Exception {
        // Given
        int services = 8;
        CyclicBarrier together = new CyclicBarrier(services);
        try (ExecutorService threads = Executors.newFixedThreadPool(services)) {

            // When
            List<Future<Integer>> ids = Stream.generate(() -> threads.submit(() -> {
                        SchemaRegistry registry = open();
                        together.await();
                        return registry.register("a", TokenEvent.getClassSchema());
                    }))
                    .limit(services)
                    .toList();

            // Then
            for (Future<Integer> id : ids) {
                assertThat(id.get()).isEqualTo(1);
            }
        }
    }

    @Test
    void anIdGivenByAnotherProcessIsFound() {
        // Given
        SchemaRegistry first = open();
        first.register("a", TokenEvent.getClassSchema());

        // When
        int id = open().register("b", ControlCommand.getClassSchema());

        // Then
        assertThat(first.byId(id)).isEqualTo(ControlCommand.getClassSchema());
    }

    @Test
    void registeringAtTheSameTimeNeverGivesOneIdToTwoSchemas() throws Exception {
        // Given
        List<Schema> schemas = IntStream.range(0, 8)
                .mapToObj(i -> SchemaBuilder.record("R" + i).fields().endRecord())
                .toList();
        SchemaRegistry shared = open();

        // When
        List<Integer> ids;
        try (var threads = Executors.newFixedThreadPool(8)) {
            List<Callable<Integer>> calls = schemas.stream()
                    .map(schema -> (Callable<Integer>) () -> shared.register("s", schema))
                    .toList();
            ids = threads.invokeAll(calls).stream()
                    .map(done -> done.resultNow())
                    .toList();
        }

        // Then
        assertThat(ids).doesNotHaveDuplicates();
        for (int i = 0; i < schemas.size(); i++) {
            assertThat(open().byId(ids.get(i))).isEqualTo(schemas.get(i));
        }
    }

    @Test
    void anUnknownIdIsAClearError() {
        assertThatThrownBy(() -> open().byId(7))
                .isInstanceOf(SchemaRegistryException.class)
                .hasMessageContaining("no schema 7");
    }
}
