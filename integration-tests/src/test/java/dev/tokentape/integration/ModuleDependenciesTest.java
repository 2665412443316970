package dev.tokentape.integration;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The dependency table of the design, held against the classes. */
class ModuleDependenciesTest {

    private static final String ROOT = "dev.tokentape.";

    private static final Map<String, Set<String>> MAY_DEPEND_ON = Map.of(
            "schemas", Set.of(),
            "simulator", Set.of(),
            "embeddedkafka", Set.of(),
            "producer", Set.of("schemas"),
            "processor", Set.of("schemas"),
            "gateway", Set.of("schemas"),
            "cli", Set.of("schemas", "producer", "processor", "gateway"),
            "standalone", Set.of("schemas", "simulator", "embeddedkafka", "producer", "processor", "gateway", "cli"),
            "benchmarks",
                    Set.of(
                            "schemas",
                            "simulator",
                            "embeddedkafka",
                            "producer",
                            "processor",
                            "gateway",
                            "cli",
                            "standalone"));

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.tokentape");

    static Stream<String> modules() {
        return MAY_DEPEND_ON.keySet().stream().sorted();
    }

    @Test
    void everyClassBelongsToAModuleOfTheTable() {
        Set<String> found = CLASSES.stream()
                .map(type -> type.getPackageName().substring(ROOT.length()).split("\\.")[0])
                .collect(java.util.stream.Collectors.toSet());

        assertThat(found).isEqualTo(MAY_DEPEND_ON.keySet());
    }

    @ParameterizedTest
    @MethodSource("modules")
    void aModuleDependsOnlyOnWhatTheTableAllows(String module) {
        String[] forbidden = MAY_DEPEND_ON.keySet().stream()
                .filter(other -> !other.equals(module)
                        && !MAY_DEPEND_ON.getOrDefault(module, Set.of()).contains(other))
                .map(other -> ROOT + other + "..")
                .toArray(String[]::new);

        ArchRule rule = noClasses()
                .that()
                .resideInAPackage(ROOT + module + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(forbidden)
                .allowEmptyShould(forbidden.length == 0);

        rule.check(CLASSES);
    }

    @Test
    void onlyTheEmbeddedBrokerTouchesTheBrokersClasses() {
        noClasses()
                .that(not(resideInAPackage("dev.tokentape.embeddedkafka..")))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("kafka..", "org.apache.kafka.server..", "org.apache.kafka.metadata..")
                .check(CLASSES);
    }

    @Test
    void theFoldKnowsNeitherKafkaNorClocks() {
        noClasses()
                .that()
                .resideInAnyPackage("dev.tokentape.processor.fold..", "dev.tokentape.processor.moderation..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.kafka..", "java.util.concurrent..", "io.micrometer..")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(java.time.Instant.class, "now")
                .check(CLASSES);
    }

    @Test
    void whatIsInMemoryOfTheTapeAndItsReadersKnowNoKafka() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "dev.tokentape.gateway.tape",
                        "dev.tokentape.gateway.tape.cursor..",
                        "dev.tokentape.gateway.tape.frame..",
                        "dev.tokentape.gateway.tape.wake..",
                        "dev.tokentape.gateway.tape.segment..",
                        "dev.tokentape.gateway.tape.catchup..",
                        "dev.tokentape.gateway.tape.read..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.kafka..")
                .check(CLASSES);
    }

    @Test
    void noModulesPackagesDependOnEachOtherInACircle() {
        for (String module : MAY_DEPEND_ON.keySet()) {
            slices().matching(ROOT + module + ".(*)..")
                    .should()
                    .beFreeOfCycles()
                    .allowEmptyShould(true)
                    .check(CLASSES);
        }
    }

    /** By their full names: a package and one within it are two. */
    @ParameterizedTest
    @MethodSource("modules")
    void noPackagesOfAModuleDependOnEachOtherInACircleAtAnyDepth(String module) {
        slices().assignedFrom(eachPackageOf(module)).should().beFreeOfCycles().check(CLASSES);
    }

    private static SliceAssignment eachPackageOf(String module) {
        return new SliceAssignment() {
            @Override
            public SliceIdentifier getIdentifierOf(JavaClass type) {
                String name = type.getPackageName() + ".";
                return name.startsWith(ROOT + module + ".") ? SliceIdentifier.of(name) : SliceIdentifier.ignore();
            }

            @Override
            public String getDescription() {
                return "each package of " + module;
            }
        };
    }

    @Test
    void loggersAreSlf4jAlone() {
        classes()
                .that()
                .resideInAPackage("dev.tokentape..")
                .should()
                .onlyDependOnClassesThat(
                        not(resideInAPackage("java.util.logging..").or(resideInAPackage("org.apache.logging.."))))
                .check(CLASSES);
    }
}
