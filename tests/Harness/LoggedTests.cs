using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Harness;

/// <summary>A test that fails shows what its servers and the database said meanwhile: of a fault that shows once in a thousand runs nothing else is left.</summary>
public sealed class LoggedTests(IMessageSink diagnostics) : XunitTestFramework(diagnostics)
{
    protected override ITestFrameworkExecutor CreateExecutor(AssemblyName assemblyName) => new Executor(assemblyName, SourceInformationProvider, DiagnosticMessageSink);

    private sealed class Executor(AssemblyName assembly, ISourceInformationProvider source, IMessageSink diagnostics) : XunitTestFrameworkExecutor(assembly, source, diagnostics)
    {
        protected override void RunTestCases(IEnumerable<IXunitTestCase> testCases, IMessageSink executionMessageSink, ITestFrameworkExecutionOptions executionOptions) =>
            base.RunTestCases(testCases, new Sink(executionMessageSink), executionOptions);
    }

    private sealed class Sink(IMessageSink inner) : Xunit.LongLivedMarshalByRefObject, IMessageSink
    {
        private readonly ConcurrentDictionary<string, DateTime> _began = new(StringComparer.Ordinal);

        public bool OnMessage(IMessageSinkMessage message)
        {
            if (message is ITestStarting starting) _began[starting.Test.TestCase.UniqueID] = DateTime.UtcNow;
            return inner.OnMessage(message is ITestFailed failed ? WithLog(failed) : message);
        }

        private TestFailed WithLog(ITestFailed failed)
        {
            var from = _began.GetValueOrDefault(failed.Test.TestCase.UniqueID, DateTime.UtcNow.AddMinutes(-1));
            var output = failed.Output + Environment.NewLine + ServerLog.Since(from) + DatabaseLog.Since(from);
            return new TestFailed(failed.Test, failed.ExecutionTime, output, failed.ExceptionTypes, failed.Messages, failed.StackTraces, failed.ExceptionParentIndices);
        }
    }
}

/// <summary>What the PostgreSQL of the tests has complained about; <c>TEST_POSTGRES_LOG</c> names its file.</summary>
internal static class DatabaseLog
{
    private const int MostLines = 60;

    public static string Since(DateTime from)
    {
        if (Environment.GetEnvironmentVariable("TEST_POSTGRES_LOG") is not { } file || !File.Exists(file)) return "";
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        var lines = reader.ReadToEnd().Split('\n').SkipWhile(l => At(l) is not { } at || at < from).TakeLast(MostLines).ToList();
        return lines.Count == 0 ? "" : "— database" + Environment.NewLine + string.Join(Environment.NewLine, lines);
    }

    private static DateTime? At(string line) => line.Length > 23
        && DateTime.TryParseExact(line[..23], "yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) ? at : null;
}
