# Tokentape in a container: one image, whose command says which service it is.
# It takes what the build has made: ./mvnw package -DskipTests, then docker build -t tokentape .
FROM eclipse-temurin:25-jre
RUN useradd --system --create-home --home-dir /var/lib/tokentape --uid 10001 tokentape
COPY standalone/target/lib /opt/tokentape/lib
COPY standalone/target/tokentape-standalone-*.jar /opt/tokentape/lib/
USER tokentape
WORKDIR /var/lib/tokentape
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=60", "-XX:+ExitOnOutOfMemoryError", "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-cp", "/opt/tokentape/lib/*", "dev.tokentape.standalone.Tokentape"]
CMD ["--help"]
