package dev.tokentape.standalone.stack;

import dev.tokentape.processor.moderation.rules.DefaultRules;
import dev.tokentape.processor.rulebook.RulePublisher;
import dev.tokentape.schemas.config.KafkaSettings;
import dev.tokentape.schemas.topic.TopicCatalogue;
import org.jspecify.annotations.Nullable;

/** Which moderation rules a start puts into force, before anything can be asked. */
public sealed interface StartRules {

    /**
     * Which rules are in force.
     *
     * @param version null if that was not looked at
     * @param told for people
     */
    record Seen(@Nullable String version, String told) {}

    /**
     * Sees to it.
     *
     * @throws org.apache.kafka.common.KafkaException if the topic of rules cannot be read or written
     */
    Seen see(KafkaSettings kafka, TopicCatalogue topics);

    /** Those that come with Tokentape, unless others were published before. */
    record Shipped() implements StartRules {
        @Override
        public Seen see(KafkaSettings kafka, TopicCatalogue topics) {
            RulePublisher.InForce rules = RulePublisher.publishIfNone(kafka, topics, DefaultRules.yaml());
            return new Seen(
                    rules.version(),
                    rules.published()
                            ? "those that come with Tokentape, version " + rules.version()
                            : "version " + rules.version() + ", as published before");
        }
    }

    /**
     * A file of the user.
     *
     * @param name of the file
     * @param yaml its text, known to be a rule file
     */
    record Given(String name, String yaml) implements StartRules {
        @Override
        public Seen see(KafkaSettings kafka, TopicCatalogue topics) {
            String version = RulePublisher.publish(kafka, topics, yaml).version();
            return new Seen(version, name + ", version " + version);
        }
    }

    /** Those that are in force already, be it none. */
    record AsTheyAre() implements StartRules {
        @Override
        public Seen see(KafkaSettings kafka, TopicCatalogue topics) {
            return new Seen(null, "as they were");
        }
    }
}
