# Tokentape in a container. It takes what the build has made: ./mvnw package -DskipTests, then
#   docker build -t tokentape .                    the services and the client: no broker, no simulator, no benchmarks
#   docker build -t tokentape-all --target all .   with broker and simulator too: `up`, `demo` and `simulator`
FROM eclipse-temurin:25-jre AS java
RUN useradd --system --create-home --home-dir /var/lib/tokentape --uid 10001 tokentape
WORKDIR /var/lib/tokentape
CMD ["--help"]

FROM java AS all
COPY standalone/target/lib /opt/tokentape/lib
COPY standalone/target/tokentape-standalone-*.jar /opt/tokentape/lib/
USER tokentape
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=60", "-XX:+ExitOnOutOfMemoryError", "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-cp", "/opt/tokentape/lib/*", "dev.tokentape.standalone.Standalone"]

FROM java AS services
COPY cli/target/lib /opt/tokentape/lib
COPY cli/target/tokentape-cli-*.jar /opt/tokentape/lib/
USER tokentape
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=60", "-XX:+ExitOnOutOfMemoryError", "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-cp", "/opt/tokentape/lib/*", "dev.tokentape.cli.Tokentape"]
