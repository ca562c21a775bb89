using CnnViz.Dashboard.Tests.Infrastructure;
using Microsoft.Playwright;

namespace CnnViz.Dashboard.Tests.Pages;

/// <summary>What tests of the pages look for, by the names that a person sees or hears.</summary>
internal static class PageQueries
{
    public static ILocator Button(this IPage page, string name)
        => page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = name, Exact = true });

    public static ILocator Heading(this IPage page, string name)
        => page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Name = name });

    public static void NoComplaints(this DashboardPage opened)
        => Assert.True(opened.Complaints.Count == 0, string.Join(Environment.NewLine, opened.Complaints));
}
