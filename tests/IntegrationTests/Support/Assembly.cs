[assembly: Xunit.TestFramework("Harness.LoggedTests", "IntegrationTests")]
