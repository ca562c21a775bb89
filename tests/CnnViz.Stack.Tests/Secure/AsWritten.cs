using Xunit.Abstractions;
using Xunit.Sdk;

namespace CnnViz.Stack.Tests.Secure;

/// <summary>Tests by their names: what reads the logs comes when there is something in them.</summary>
public sealed class AsWritten : ITestCaseOrderer
{
    public IEnumerable<TTestCase> OrderTestCases<TTestCase>(IEnumerable<TTestCase> testCases)
        where TTestCase : ITestCase => testCases.OrderBy(test => test.TestMethod.Method.Name, StringComparer.Ordinal);
}
